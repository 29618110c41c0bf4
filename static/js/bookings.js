/* The keyboard's way through the list: / to the search, arrows from line to line, Enter presses what has the focus. */
"use strict";
document.addEventListener("keydown", (event) => {
  const words = document.getElementById("words");
  const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    words.focus();
    words.select();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || (typing && event.target !== words)) return;
  const lines = [...document.querySelectorAll("#found .bookings__one")].filter((line) => line.querySelector("button"));
  const here = lines.findIndex((line) => line.contains(document.activeElement));
  if (here < 0 && document.activeElement !== words) return;
  event.preventDefault();
  const next = here + step;
  if (next < 0) words.focus();
  else lines[Math.min(next, lines.length - 1)]?.querySelector("button").focus();
});
