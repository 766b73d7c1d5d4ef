// Alle Meldungen auf einmal anhaken; wie viele es sind, je Liste, und welche. Ohne dieses Skript hakt man einzeln an.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const zeile = document.querySelector("[data-alle]");
  if (!zeile) return;
  const haken = [...zeile.closest("form").querySelectorAll("input[name=key][type=checkbox]")];
  const stand = zeile.querySelector("[data-gewaehlt]");
  const listen = [...document.querySelectorAll("[data-angehakt]")].map((s) => [s, [...s.closest("details").querySelectorAll("input[name=key]")]]);
  const gewaehlte = document.querySelector("[data-gewaehlte]");
  const beziffere = (ort, zahl) => { ort.textContent = (zahl === 1 ? ort.dataset.eine : ort.dataset.viele).replace("%d", zahl); };
  const nenne = (angehakt) => {
    gewaehlte.hidden = angehakt.length === 0;
    gewaehlte.replaceChildren(...angehakt.map((h) => {
      const [punkt, verweis] = [document.createElement("li"), document.createElement("a")];
      verweis.className = "kern-link";
      verweis.href = `#${h.id}`;
      verweis.textContent = h.labels[0].textContent;
      punkt.append(verweis);
      return punkt;
    }));
  };
  const zaehle = () => {
    const angehakt = haken.filter((h) => h.checked);
    beziffere(stand, angehakt.length);
    listen.forEach(([ort, darin]) => beziffere(ort, darin.filter((h) => h.checked).length));
    if (gewaehlte) nenne(angehakt);
  };
  zeile.querySelector("button").addEventListener("click", () => {
    const an = haken.some((h) => !h.checked);
    haken.forEach((h) => { h.checked = an; });
    zaehle();
  });
  haken.forEach((h) => h.addEventListener("change", zaehle));
  zeile.hidden = false;
  zaehle();
});
