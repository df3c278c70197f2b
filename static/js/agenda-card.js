// The card of one appointment: the server's own page, shown in a dialog. Without this file it is simply that page.
export async function openCard(address, event) {
  const dialog = document.querySelector("#card");
  if (!dialog) return;
  event?.preventDefault();
  const url = new URL(address, location.href);
  url.searchParams.set("next", location.pathname + location.search);
  const answer = await fetch(url, { cache: "no-store", headers: { "X-Dialog": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(address);
  dialog.innerHTML = await answer.text();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("#card-title")?.focus();
  dialog.scrollTop = 0;
}

document.querySelector("#card")?.addEventListener("click", (event) => {
  if (event.target === event.currentTarget) event.currentTarget.close(); // a click beside it
});
