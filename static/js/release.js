/* The button says how many doses it gives free. Without script it says "Dosen freigeben" and works as well. */
const doses = document.getElementById("id_doses");
const label = document.querySelector("#send [data-doses]");
const name_button = () => {
  const count = Number(doses.value);
  if (!Number.isInteger(count) || count < 1 || count > 200) return;
  label.textContent = count === 1 ? label.dataset.dose : label.dataset.doses.replace("{doses}", count);
};
doses.addEventListener("input", name_button);
name_button();
