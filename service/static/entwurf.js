// Merkt sich beim Tippen, was in einem Formular steht. Ohne dieses Skript tut es der Knopf „Als Entwurf speichern“.
"use strict";
const PAUSE = 2000; // Millisekunden nach dem letzten Tastendruck
document.addEventListener("DOMContentLoaded", () => {
  const formular = document.querySelector("form[data-entwurf]");
  const stand = formular?.querySelector("[data-entwurf-stand]");
  if (!formular || !stand) return;
  let uhr = 0;
  let laufend = null;
  let ueberholt = false;
  // Das nächste Speichern geht von diesem Stand aus; Neuladen und „Zurück“ führen zum Entwurf statt zu einem leeren Formular
  const merkeOrt = (neuer) => {
    const gesehen = formular.querySelector("input[name=entwurf_stand]");
    const einmal = formular.querySelector("input[name=einmal]");
    if (gesehen && neuer !== null) gesehen.value = neuer;
    if (einmal && neuer) history.replaceState(null, "", `${formular.getAttribute("action")}?entwurf=${encodeURIComponent(einmal.value)}`);
  };
  const merke = async () => {
    if (ueberholt) return;
    const daten = new FormData(formular);
    daten.set("entwurf", "still");
    laufend = new AbortController();
    try {
      const antwort = await fetch(formular.getAttribute("action"), {
        method: "POST", body: new URLSearchParams(daten), credentials: "same-origin", signal: laufend.signal, redirect: "manual",
      });
      const zeit = new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
      if (antwort.status === 409) {
        ueberholt = true;
        stand.textContent = stand.dataset.fremd;
        return;
      }
      stand.textContent = antwort.status === 204 ? stand.dataset.gespeichert.replace("%s", zeit) : stand.dataset.nicht;
      if (antwort.status === 204) merkeOrt(antwort.headers.get("Entwurf-Stand"));
    } catch {
      if (!laufend.signal.aborted) stand.textContent = stand.dataset.nicht;
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
