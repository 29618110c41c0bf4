/* Whatever is typed without another field in focus lands in the field at the door: a reader types like a keyboard. */
"use strict";
(() => {
  const field = document.getElementById("typed");
  if (!field) return;
  const types = (target) => target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
  const acts = (target) => target instanceof Element && target.closest("a, button, summary");
  // What stands there from before is replaced by the next beep, not lengthened.
  field.addEventListener("focus", () => field.select());
  if (document.activeElement === field) field.select();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || types(event.target)) return;
    if (event.key === " " && acts(event.target)) return; // the space bar presses a button
    field.value = "";
    field.focus();
  });
  document.addEventListener("click", (event) => {
    if (!types(event.target) && !acts(event.target) && !event.target.closest?.("label") && !String(window.getSelection())) field.focus();
  });
})();
