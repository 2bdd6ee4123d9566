// The body map mirrors the checkboxes: a tap ticks the box, a tick fills the drawing.
const form = document.querySelector("[data-body-map]");
const spots = [...form.querySelectorAll("[data-spot]")];
const elsewhere = [...form.querySelectorAll("[data-elsewhere]")];
const part = (name) => form.querySelector(`[data-${name}]`);
const box = (spot) => spot.querySelector("input[type=checkbox]");
const key = (spot) => spot.dataset.spot;
const at = (wanted) => spots.find((spot) => key(spot) === wanted);
const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

function area(spot) {
  const [cm2, palms] = [...spot.querySelectorAll(".size input")].map((input) => Number.parseInt(input.value, 10));
  if (cm2 > 0) return cm2;
  return palms > 0 ? palms * Number(form.dataset.palm) : Number(spot.dataset.usual);
}

const parts = (spot) => (spot.dataset.parts ?? "").split(" ").filter(Boolean);

function draw(spot, covered) {
  const chosen = box(spot).checked;
  for (const shape of form.querySelectorAll(`[data-shape="${key(spot)}"], [data-tick="${key(spot)}"]`)) {
    shape.toggleAttribute("data-chosen", chosen);
    shape.toggleAttribute("data-covered", covered.has(key(spot)));
  }
  const shown = form.querySelector(`[data-tick="${key(spot)}"] text`);
  if (shown) shown.textContent = area(spot);
  spot.querySelector(".size input").placeholder = area(spot) || "";
  if (chosen) spot.toggleAttribute("data-kept", true); // what was chosen stays in the list, so that it can come back
}

function refresh() {
  const chosen = spots.filter((spot) => box(spot).checked);
  const covered = new Set(chosen.flatMap(parts));
  spots.forEach((spot) => draw(spot, covered));
  const sizes = [...chosen.map(area), ...elsewhere.map((line) => Number(line.dataset.elsewhere))];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const { largeArea, largeRegions, alwaysLarge } = form.dataset;
  const large = alwaysLarge === "true" || total >= Number(largeArea) || sizes.length >= Number(largeRegions);
  part("area").textContent = number(total);
  part("regions").textContent = `${sizes.length} ${sizes.length === 1 ? "region" : "regions"}`;
  part("large").hidden = !large;
  part("small").hidden = large;
  const twice = chosen.find((spot) => covered.has(key(spot)));
  const whole = twice && chosen.find((spot) => parts(spot).includes(key(twice)));
  part("twice").textContent = twice
    ? `${whole.dataset.label} covers ${twice.dataset.label}: take one of the two out.`
    : "";
}

form.addEventListener("click", (event) => {
  const shape = event.target.closest("[data-shape]");
  if (shape) box(at(shape.dataset.shape)).click();
});
form.addEventListener("change", refresh);
form.addEventListener("input", (event) => {
  if (!event.target.closest(".size")) return;
  for (const other of event.target.closest(".size").querySelectorAll("input")) {
    if (other !== event.target && event.target.value) other.value = "";
  }
  refresh();
});
for (const type of ["focusin", "focusout"]) {
  form.addEventListener(type, (event) => {
    const spot = event.target.closest("[data-spot]");
    if (!spot) return;
    const shape = form.querySelector(`g[data-shape="${key(spot)}"]`);
    shape?.toggleAttribute("data-focused", type === "focusin" && event.target.matches(":focus-visible"));
  });
}
const all = part("all-spots");
all.addEventListener("click", () => {
  all.setAttribute("aria-pressed", String(form.toggleAttribute("data-all")));
});
form.setAttribute("data-mapped", "");
if (form.querySelector(".spot .error")) all.click();
refresh();
