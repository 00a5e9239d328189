// How many characters a text has, counted as the school's rules count them (in NFC, a line's end as one), and how many
// boxes are ticked.
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
for (const place of document.querySelectorAll("[data-ticked-of]")) {
  const group = document.getElementById(place.dataset.tickedOf);
  const count = () => {
    const ticked = group.querySelectorAll("input[type=checkbox]:checked").length;
    place.textContent = place.dataset.count.replace("{count}", ticked).replace("{limit}", place.dataset.limit);
    place.classList.toggle("form-beyond", ticked > Number(place.dataset.limit));
  };
  group.addEventListener("change", count);
  count();
}
