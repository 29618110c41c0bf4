/* Keeps the minutes left on an offer true, and says them politely at a few moments. Without script the page shows those of its loading. */
"use strict";
(() => {
  const shown = document.getElementById("left");
  const voice = document.getElementById("left-voice");
  if (!shown || !voice) return;
  const end = performance.now() + Number(shown.dataset.seconds) * 1000; // the server's clock: phones go wrong
  const spoken = new Set([10, 5, 2, 1, 0]);
  const words = (minutes) => {
    if (minutes < 0) return shown.dataset.over;
    if (minutes === 0) return shown.dataset.less;
    return minutes === 1 ? shown.dataset.one : shown.dataset.many.replace("#", minutes);
  };
  voice.setAttribute("aria-live", "polite");
  let before = null;
  const tick = () => {
    const minutes = Math.floor((end - performance.now()) / 60000);
    if (minutes > 59 || minutes === before) return;
    shown.textContent = words(minutes);
    if (before !== null && (spoken.has(minutes) || minutes < 0)) voice.textContent = words(minutes);
    before = minutes;
    if (minutes < 0) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  tick();
})();
