// Light or dark, before anything is painted: a plain script in the head, so that the browser waits for it. It alone sets
// what the style sheets and the browser's own bars go by; appearance.js offers the choice and says when it has changed.
(() => {
  /** @type {Record<string, string>} */
  const BARS = { light: "#f4f5f7", dark: "#0e1116" };

  function apply() {
    let chosen = null;
    try {
      chosen = JSON.parse(localStorage.getItem("pm.theme") ?? "null");
    } catch {
      // No memory, or one that was written by hand: the system decides.
    }
    const theme = chosen === "light" || chosen === "dark" ? chosen : null;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const bar of /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll("meta[name=theme-color]"))) {
      bar.content = BARS[theme ?? (bar.media.includes("dark") ? "dark" : "light")];
    }
  }

  apply();
  addEventListener("pm-theme", apply);
  // Another tab has chosen.
  addEventListener("storage", (event) => { if (event.key === "pm.theme" || event.key === null) apply(); });
})();
