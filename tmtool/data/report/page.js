"use strict";
(() => {
  const rows = [...document.querySelectorAll("article")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const form = document.querySelector("form");
  const fields = form.elements;
  const told = form.querySelector("output");
  const nothing = document.querySelector(".none");

  function narrow() {
    const words = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { state, confidence, check } = fields;
    let shown = 0;
    rows.forEach((row, n) => {
      const { state: its, confidence: sure, checks } = row.dataset;
      const fits = (!state.value || its === state.value)
        && (!confidence.value || sure === confidence.value)
        && (!check.value || (check.value === "*" ? checks !== "" : checks.split(" ").includes(check.value)))
        && words.every((word) => texts[n].includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    });
    told.value = shown === rows.length ? `${rows.length} pairs` : `${shown} of ${rows.length} pairs`;
    nothing.hidden = shown > 0;
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 80);
  });
  form.addEventListener("reset", () => setTimeout(narrow));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("button[data-field]")) {
    button.addEventListener("click", () => {
      const field = fields[button.dataset.field];
      field.value = field.value === button.dataset.value ? "" : button.dataset.value;
      narrow();
      form.scrollIntoView({ block: "start" });
    });
  }
  document.querySelector(".plot svg")?.addEventListener("click", (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const row = rows[Math.min(rows.length - 1, Math.floor((event.clientX - left) / width * rows.length))];
    if (row.hidden) { form.reset(); narrow(); }
    location.hash = row.id;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      fields.text.focus();
    }
  });
  narrow();
})();
