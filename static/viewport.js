// What a keyboard on the screen covers. Most browsers make the page smaller by themselves, as index.html asks them to;
// Safari lays the keyboard over it and only moves what is seen, so there the frame is made smaller here.

/** Less than this is a browser's own bar coming and going. */
const KEYBOARD_PX = 80;

export function startViewport() {
  const seen = window.visualViewport;
  if (!seen) return;
  seen.addEventListener("resize", () => {
    // Zoomed in with two fingers less is seen as well, but nothing is covered.
    const covered = Math.round(innerHeight - seen.height * seen.scale);
    document.documentElement.style.setProperty("--covered", covered > KEYBOARD_PX ? `${covered}px` : "0px");
    if (covered > KEYBOARD_PX) scrollTo(0, 0);
  });
}
