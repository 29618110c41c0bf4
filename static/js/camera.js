/* Reads the QR code with the phone's camera, where the browser can read codes itself. Nothing leaves the phone but the code. */
"use strict";
(async () => {
  const button = document.getElementById("camera");
  const view = document.getElementById("view");
  const says = document.getElementById("camera-says");
  const field = document.getElementById("typed");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("qr_code")) return;
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  const label = button.querySelector(".kern-label");
  const start = label.textContent;
  let stream = null;
  button.hidden = false;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = true;
    label.textContent = start;
  };
  const look = async () => {
    if (!stream) return;
    const [code] = await reader.detect(view).catch(() => []);
    if (!code) return void setTimeout(look, 150);
    field.value = code.rawValue.trim().slice(0, 80);
    stop();
    field.form.requestSubmit();
  };
  button.addEventListener("click", async () => {
    says.hidden = true;
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.srcObject = stream;
      view.hidden = false;
      label.textContent = button.dataset.stop;
      await view.play();
      look();
    } catch {
      stop();
      says.textContent = button.dataset.failed;
      says.hidden = false;
    }
  });
  addEventListener("pagehide", stop);
})();
