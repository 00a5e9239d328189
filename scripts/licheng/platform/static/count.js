// How many characters a text has, counted as the school's rules count them: in NFC, a line's end as one.
"use strict";
for (const place of document.querySelectorAll("[data-count-of]")) {
  const field = document.getElementById(place.dataset.countOf);
  const count = () => {
    const text = field.value.replace(/\r\n?/g, "\n").normalize("NFC");
    place.textContent = place.dataset.count.replace("{count}", [...text].length).replace("{limit}", field.dataset.limit);
  };
  field.addEventListener("input", count);
  count();
}
