// Nur Bequemlichkeit: Ohne dieses Skript geht alles auch.
"use strict";
document.addEventListener("submit", (ereignis) => {
  const formular = ereignis.target;
  if ("mehrmals" in formular.dataset) return; // nach einer Ausgabe bleibt die Seite stehen; man darf sie noch einmal holen
  if (formular.dataset.gesendet) {
    ereignis.preventDefault(); // ein Doppelklick soll nicht zweimal senden
    return;
  }
  formular.dataset.gesendet = "ja";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-gesendet]").forEach((formular) => delete formular.dataset.gesendet);
});
// Ein aufgeklapptes Menü verdeckt nichts, was den Fokus hat: Es schließt, wenn man es verlässt, daneben klickt oder Escape drückt.
const menues = () => document.querySelectorAll(".kl-navigation .kl-klappe[open]");
document.addEventListener("focusin", (ereignis) => menues().forEach((menue) => {
  if (!menue.contains(ereignis.target)) menue.open = false;
}));
document.addEventListener("click", (ereignis) => menues().forEach((menue) => {
  if (!menue.contains(ereignis.target)) menue.open = false;
}));
document.addEventListener("keydown", (ereignis) => {
  if (ereignis.key !== "Escape") return;
  menues().forEach((menue) => {
    menue.open = false;
    menue.querySelector("summary").focus();
  });
});
// Auf Papier steht auch, was eingeklappt ist.
const geoeffnet = [];
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("main details:not([open])").forEach((klappe) => {
    klappe.open = true;
    geoeffnet.push(klappe);
  });
});
window.addEventListener("afterprint", () => {
  geoeffnet.splice(0).forEach((klappe) => {
    klappe.open = false;
  });
});
