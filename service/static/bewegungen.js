// Ist ein Schritt gewählt, stehen seine Angaben gleich darunter; alles andere auf der Seite bleibt, wie es ist. Ohne dieses Skript zeigt sie
// der Knopf darunter, und er ist auch der Weg, wenn der Server so nicht antwortet.
"use strict";
const RUHE = 200; // Millisekunden; mit den Pfeiltasten geht man erst durch die Auswahl
document.addEventListener("DOMContentLoaded", () => {
  const bereich = document.querySelector("[data-bewegungen]");
  const knopf = bereich?.querySelector("button[name=mehr][value=bewegungen]");
  if (!knopf) return;
  const stand = bereich.querySelector("[data-stand]");
  const formular = knopf.form;
  knopf.hidden = true;
  let uhr = 0;
  let laufend = null;
  const zeige = (auswahl, seite) => {
    const zeile = auswahl.closest("[data-bewegung]");
    const angaben = seite?.querySelector(`[data-bewegung="${zeile.dataset.bewegung}"] [data-angaben]`);
    if (!angaben) {
      formular.requestSubmit(knopf);
      return;
    }
    zeile.querySelector("[data-angaben]").replaceWith(document.adoptNode(angaben));
    seite.querySelectorAll("[data-bewegung]").forEach((weitere) => {
      if (!bereich.querySelector(`[data-bewegung="${weitere.dataset.bewegung}"]`)) knopf.before(document.adoptNode(weitere));
    });
    zeile.dataset.zeigt = auswahl.value;
    stand.textContent = auswahl.value ? stand.dataset.stand : "";
  };
  const hole = (auswahl) => {
    const daten = new FormData(formular);
    daten.set("mehr", knopf.value);
    laufend = new XMLHttpRequest();
    laufend.open("POST", knopf.formAction);
    laufend.responseType = "document"; // der Browser liest die Antwort selbst; es entsteht kein HTML aus Text
    laufend.onload = () => zeige(auswahl, laufend.status === 200 ? laufend.response : null);
    laufend.onerror = () => zeige(auswahl, null);
    laufend.send(new URLSearchParams(daten));
  };
  bereich.addEventListener("change", (ereignis) => {
    if (!ereignis.target.matches("select[data-mehr]")) return;
    clearTimeout(uhr);
    laufend?.abort();
    uhr = setTimeout(hole, RUHE, ereignis.target);
  });
});
