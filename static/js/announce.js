/* Says aloud what changed, and only when it changed: pages that update themselves would else repeat it every second. */
document.addEventListener("htmx:afterSettle", () => {
  const news = document.querySelector("[data-announce]");
  const voice = document.getElementById("announcement");
  if (news && voice && voice.textContent !== news.textContent) voice.textContent = news.textContent;
});
