/* − and + beside a small number. Without script the field alone works as well. */
"use strict";
for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const field = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (Number.parseInt(field.value, 10) || 0) + Number(button.dataset.step);
      field.value = Math.min(Math.max(next, Number(field.min)), Number(field.max));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
