// An aid only: every page works without it.
"use strict";

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.id === "upload" && problemOf(form)) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    if (form.dataset.working) {
      button.dataset.label = button.textContent;
      button.textContent = form.dataset.working;
    }
  });
}

// Back from the result: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.once")) {
    delete form.dataset.sent;
    const button = form.querySelector("button");
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) button.textContent = button.dataset.label;
  }
});

function problemOf(form) {
  const files = [...form.elements.files.files];
  const size = files.reduce((sum, file) => sum + file.size, 0);
  let problem = "";
  if (files.length === 0) problem = form.dataset.none;
  else if (files.length > Number(form.dataset.maxFiles)) problem = form.dataset.tooMany;
  else if (size > Number(form.dataset.maxBytes)) problem = form.dataset.tooLarge;
  document.getElementById("problem").textContent = problem;
  form.elements.files.setAttribute("aria-invalid", problem ? "true" : "false");
  return problem;
}

const upload = document.getElementById("upload");
if (upload) {
  const input = upload.elements.files;
  const drop = document.getElementById("drop");
  drop.classList.add("whole");
  upload.noValidate = true; // the page has its own words, in its language

  const show = () => {
    const chosen = document.getElementById("chosen");
    chosen.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} KB)`;
        return item;
      }),
    );
    problemOf(upload);
  };
  input.addEventListener("change", show);

  // A file dropped beside the field would otherwise open in the page's place.
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer && event.dataTransfer.files.length > 0) {
      input.files = event.dataTransfer.files;
      show();
    }
  });
}
