// The page on which somebody signs in. It shows a token once; the browser has a cookie from then on, which no script can
// read. It stands alone: strangers are sent nothing else of the WebUI.

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** Where somebody came from: a place of this server, whatever the address says. */
function next() {
  const asked = new URLSearchParams(location.search).get("next") ?? "/";
  const place = URL.canParse(asked, location.origin) ? new URL(asked, location.origin) : null;
  const isHere = place?.origin === location.origin && place.pathname !== "/login" && !place.pathname.startsWith("//");
  // A path with two slashes in front would be the name of another server, once it is read anew.
  // What stands behind the # is not sent to the server that led here, and the browser carries it along.
  return isHere ? place.pathname + place.search + (place.hash || location.hash) : `/${location.hash}`;
}

/** @param {string} words */
function complain(words) {
  byId("problem").textContent = words;
  byId("token").setAttribute("aria-invalid", "true");
  byId("token").select();
}

/** What went wrong, for people. @param {Response} response */
async function wordsOf(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401 || response.status === 422) return "This token is not good. It may be mistyped, expired or revoked.";
  if (response.status === 429) return `Too many tries. Wait ${response.headers.get("Retry-After") ?? "a few"} seconds, then try again.`;
  return problem.detail ?? `The server answered ${response.status}. Try again in a moment.`;
}

/** @param {string} token */
async function signIn(token) {
  try {
    const response = await fetch("/api/session", {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ token }),
    });
    if (response.ok) return location.replace(next());
    complain(await wordsOf(response));
  } catch {
    complain("The server cannot be reached. Check that it is still running, then try again.");
  }
}

byId("form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  byId("submit").disabled = true;
  byId("problem").textContent = "";
  byId("token").removeAttribute("aria-invalid");
  await signIn(byId("token").value.trim());
  byId("submit").disabled = false;
});

byId("why").hidden = !new URLSearchParams(location.search).has("ended");

// Whoever follows a link from another site comes without their cookie, and has it here.
fetch("/api/session", { headers: { Accept: "application/json" } }).then((response) => {
  if (response.ok) location.replace(next());
}, () => {});
