// Merkt sich beim Tippen, was in einem Formular steht. Ohne dieses Skript tut es der Knopf „Als Entwurf speichern“.
"use strict";
const PAUSE = 2000; // Millisekunden nach dem letzten Tastendruck
document.addEventListener("DOMContentLoaded", () => {
  const formular = document.querySelector("form[data-entwurf]");
  const stand = formular?.querySelector("[data-entwurf-stand]");
  if (!formular || !stand) return;
  let uhr = 0;
  let laufend = null;
  const merke = async () => {
    const daten = new FormData(formular);
    daten.set("entwurf", "still");
    laufend = new AbortController();
    try {
      const antwort = await fetch(formular.getAttribute("action"), {
        method: "POST", body: new URLSearchParams(daten), credentials: "same-origin", signal: laufend.signal, redirect: "manual",
      });
      const zeit = new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
      stand.textContent = antwort.status === 204 ? `Als Entwurf gespeichert um ${zeit} Uhr.` : "Der Entwurf ließ sich gerade nicht speichern.";
    } catch {
      if (!laufend.signal.aborted) stand.textContent = "Der Entwurf ließ sich gerade nicht speichern.";
    }
  };
  formular.addEventListener("input", () => {
    clearTimeout(uhr);
    uhr = setTimeout(merke, PAUSE);
  });
  formular.addEventListener("submit", () => {
    clearTimeout(uhr);
    laufend?.abort();
  });
});
