// Sagt, ehe die Anmeldung endet. Wer tippt, ist tätig, auch auf einer Seite, die noch nichts gesendet hat.
"use strict";
const MINUTE = 60 * 1000;
const VORHER = 3 * MINUTE; // der Ausweis erneuert sich höchstens einmal je Minute, es bleiben also mindestens zwei
document.addEventListener("DOMContentLoaded", () => {
  const kasten = document.querySelector("[data-anmeldung]");
  if (!kasten) return;
  const titel = kasten.querySelector("[data-vorbei]");
  const warnung = titel.textContent;
  const knopf = kasten.querySelector("button");
  const dauer = Number(kasten.dataset.anmeldung) * MINUTE;
  const fenster = new BroadcastChannel("kreislauf-anmeldung"); // alle Fenster haben dieselbe Anmeldung
  let zuletzt = Date.now();
  let davor = null;
  const zeige = (vorbei) => {
    if (vorbei && document.activeElement === knopf) kasten.focus();
    titel.textContent = vorbei ? titel.dataset.vorbei : warnung;
    knopf.hidden = vorbei;
    kasten.querySelector("[data-dann]").hidden = !vorbei;
    if (!kasten.hidden) return;
    davor = document.activeElement;
    kasten.hidden = false;
    if (!vorbei) knopf.focus(); // wer gerade tippt, wird nicht unterbrochen
  };
  const weiter = () => {
    zuletzt = Date.now();
    if (kasten.hidden) return;
    const darin = kasten.contains(document.activeElement);
    kasten.hidden = true;
    if (darin) davor?.focus();
  };
  const bleibe = async () => {
    try {
      const antwort = await fetch("/konto", { method: "HEAD", credentials: "same-origin", redirect: "manual", cache: "no-store" });
      if (antwort.type === "opaqueredirect") return zeige(true); // zur Anmeldung
      if (!antwort.ok) return;
      weiter();
      fenster.postMessage("taetig");
    } catch {
      // ohne Netz bleibt die Warnung stehen, man kann es noch einmal versuchen
    }
  };
  knopf.addEventListener("click", bleibe);
  fenster.addEventListener("message", weiter);
  fenster.postMessage("taetig");
  document.addEventListener("input", () => {
    if (Date.now() - zuletzt < MINUTE || !kasten.hidden) return;
    zuletzt = Date.now();
    bleibe();
  });
  setInterval(() => {
    const seit = Date.now() - zuletzt;
    if (seit > dauer - VORHER) zeige(seit > dauer);
  }, 10 * 1000);
});
