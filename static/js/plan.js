// The if-then sentence, shown while it is being made.
// “woensdag 25 november, ’s avonds” is said as “woensdag 25 november”, 09:15 as 9:15.
const day = (form) => form.elements.cue_day.selectedOptions[0]?.textContent.split(",")[0].trim();
const time = (form) => form.elements.cue_time.value.replace(/^0(?=\d)/, "");

function action(form) {
  const chosen = form.querySelector("input[name=action]:checked");
  if (!chosen) return "";
  if (chosen.value === "own") return form.elements.own_action.value.trim();
  return chosen.parentElement.querySelector("label").textContent.trim();
}

export function preview(form) {
  const box = form.querySelector("[data-preview]");
  const show = () => {
    const parts = { day: day(form), time: time(form), action: action(form) };
    box.hidden = !(parts.day && parts.time && parts.action);
    box.querySelector("output").textContent = box.dataset.template.replace(/\{(\w+)\}/g, (_, key) => parts[key]);
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}
