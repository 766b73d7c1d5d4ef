// Alle Meldungen auf einmal anhaken, und wie viele es sind. Ohne dieses Skript hakt man einzeln an.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const zeile = document.querySelector("[data-alle]");
  if (!zeile) return;
  const haken = [...zeile.closest("form").querySelectorAll("input[name=key][type=checkbox]")];
  const stand = zeile.querySelector("[data-gewaehlt]");
  const zaehle = () => {
    const zahl = haken.filter((h) => h.checked).length;
    stand.textContent = (zahl === 1 ? stand.dataset.eine : stand.dataset.viele).replace("%d", zahl);
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
