// Karten mit der Maus ziehen: füllt dasselbe Feld und sendet dasselbe Formular. Ohne dieses Skript wählt man im Feld.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-mit-skript]").forEach((e) => { e.hidden = false; });
  let gezogen = null;
  const ziel = (ereignis) => {
    if (!gezogen) return null;
    const wohin = gezogen.dataset.karte === "aufnehmen" ? "[data-ziel]" : "[data-cluster]";
    const gefunden = ereignis.target instanceof Element ? ereignis.target.closest(wohin) : null;
    return gefunden && gefunden !== gezogen && !gefunden.contains(gezogen) ? gefunden : null;
  };
  const markiere = (wo) => {
    document.querySelectorAll(".th-hier").forEach((e) => e.classList.remove("th-hier"));
    wo?.classList.add("th-hier");
  };
  document.addEventListener("dragstart", (e) => {
    gezogen = e.target instanceof Element ? e.target.closest("[data-karte]") : null;
    gezogen?.classList.add("th-gezogen");
    if (gezogen) e.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (e) => {
    const wo = ziel(e);
    markiere(wo);
    if (wo) e.preventDefault();
  });
  document.addEventListener("drop", (e) => {
    const wo = ziel(e);
    if (!wo) return;
    e.preventDefault();
    const formular = gezogen.querySelector("form[data-zug]");
    formular.elements.ziel.value = wo.dataset.ziel && gezogen.dataset.karte === "aufnehmen" ? wo.dataset.ziel : wo.dataset.cluster;
    formular.requestSubmit();
  });
  document.addEventListener("dragend", () => {
    gezogen?.classList.remove("th-gezogen");
    gezogen = null;
    markiere(null);
  });
});
