// Melden: „Zurück“ ohne Fehlerseite, und ohne Konto ein Entwurf, der nur in diesem Browser liegt. Ohne Skript fehlt beides, sonst nichts.
"use strict";
const ORT = "kreislauf-meldung"; // im Speicher dieses Browsers
const TAGE = 30; // so lange bleibt ein Entwurf auch mit Konto
const NICHT = new Set(["csrf", "code", "einmal", "weiter", "entwurf_stand", "fenster", "anonymisiert_bestaetigt", "kein_personenbezug"]);

const gemerktes = () => {
  try {
    const gelesen = JSON.parse(localStorage.getItem(ORT));
    if (gelesen && Date.now() - gelesen.zeit < TAGE * 86400000) return gelesen;
    localStorage.removeItem(ORT);
  } catch { /* gesperrter Speicher: dann eben ohne Entwurf */ }
  return null;
};
const vergiss = () => {
  try { localStorage.removeItem(ORT); } catch { /* dort war nichts */ }
};
const paare = (formular) => [...new FormData(formular)].filter(([name, wert]) => typeof wert === "string" && wert.trim() && !NICHT.has(name));

// Der Bogen kommt mit dem Gemerkten vom Server zurück: So sind auch Zeilen und Abschnitte da, die hier noch nicht stehen
const uebernimm = (formular, gemerkt) => {
  const neu = document.createElement("form");
  neu.method = "post";
  neu.action = formular.getAttribute("action");
  const form = (gemerkt.paare.find(([name]) => name === "form") ?? ["form", "lang"])[1];
  const eigene = ["csrf", "code", "einmal"].map((name) => [name, formular.elements.namedItem(name).value]);
  for (const [name, wert] of [...gemerkt.paare, ...eigene, ["wechsel", form]]) {
    const feld = document.createElement("input");
    feld.type = "hidden";
    feld.name = name;
    feld.value = wert;
    neu.append(feld);
  }
  document.body.append(neu);
  neu.submit();
};

const ohneKonto = (formular) => {
  const angebot = document.querySelector("[data-gemerkt]");
  const stand = formular.querySelector("[data-hier-stand]");
  const hinweis = document.querySelector("[data-merkt]");
  const gemerkt = gemerktes();
  let uhr = 0;
  let still = false;
  hinweis.hidden = false;
  if (gemerkt && formular.dataset.leer === "ja") {
    angebot.hidden = false;
    angebot.querySelector("[data-wann]").textContent = new Date(gemerkt.zeit).toLocaleString("de-DE", { dateStyle: "medium", timeStyle: "short" });
  }
  const loesche = (satz) => {
    clearTimeout(uhr);
    vergiss();
    angebot.hidden = true;
    stand.textContent = satz;
  };
  angebot.querySelector("[data-uebernehmen]").addEventListener("click", () => uebernimm(formular, gemerkt));
  angebot.querySelector("[data-loeschen]").addEventListener("click", () => loesche(stand.dataset.geloescht));
  hinweis.querySelector("[data-loeschen]").addEventListener("click", () => {
    still = true;
    loesche(stand.dataset.still);
  });
  formular.addEventListener("input", () => {
    clearTimeout(uhr);
    if (still) return;
    uhr = setTimeout(() => {
      try {
        localStorage.setItem(ORT, JSON.stringify({ zeit: Date.now(), paare: paare(formular) }));
        const zeit = new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
        stand.textContent = stand.dataset.gemerkt.replace("%s", zeit);
        angebot.hidden = true;
      } catch { stand.textContent = stand.dataset.nichts; }
    }, 1000);
  });
};

document.addEventListener("DOMContentLoaded", () => {
  // Eine Seite mit Befunden antwortet auf ein Absenden; die könnte der Browser beim „Zurück“ nicht noch einmal zeigen
  if (document.querySelector("[data-antwort]")) history.replaceState(null, "", location.href);
  if (document.querySelector("[data-abgesendet]")) vergiss();
  const formular = document.querySelector("form[data-nur-hier]");
  if (formular) ohneKonto(formular);
});
