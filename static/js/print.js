/* The button that prints; browsers without script have their own. */
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
