// Wer eine Stelle markiert, muss sie nicht einfügen. Ohne dieses Skript fügt man sie ein.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const ziel = document.getElementById("f-passage");
  if (!ziel) return;
  document.addEventListener("selectionchange", () => {
    const auswahl = document.getSelection();
    if (!auswahl || auswahl.isCollapsed) return;
    const wo = (knoten) => (knoten instanceof Element ? knoten : knoten?.parentElement)?.closest("[data-schwaerzbar]");
    const text = wo(auswahl.anchorNode);
    if (!text || text !== wo(auswahl.focusNode)) return;
    ziel.value = auswahl.toString();
    document.getElementById(`f-feld-${text.dataset.schwaerzbar}`).checked = true;
  });
});
