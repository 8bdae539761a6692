// A form marked data-swap changes its page in place: the parts marked data-part are taken from the page that the form
// asks for. The address follows, the place in the form is kept, and whatever goes wrong ends in an ordinary request.

const form = document.querySelector("form[data-swap]");

if (form) {
  let latest = 0;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = addressOf(form);
    const turn = ++latest;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== latest) return;
      exchange(page);
      history.pushState(null, "", address);
    } catch {
      location.assign(address);
    }
  });
  addEventListener("popstate", () => location.reload());
}

function addressOf(form) {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, value);
  return address.href;
}

function exchange(page) {
  const at = document.activeElement;
  const open = [...document.querySelectorAll("[data-part] details[open]")].map((each) => each.id);
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (at instanceof HTMLInputElement && !at.isConnected) {
    const same = [...document.getElementsByName(at.name)].find((each) => each.value === at.value);
    same?.closest("details:not([open])")?.setAttribute("open", "");
    same?.focus();
  }
}
