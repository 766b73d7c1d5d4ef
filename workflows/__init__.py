"""Prefect flows, thin around the functions of service. Empty until the rounds run by themselves."""
