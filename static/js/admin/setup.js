// Runs before the scripts of the admin's library: colours are those chosen in the product, htmx adds no inline
// style and evaluates no attribute, and screen readers find the main part of the page.

const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
localStorage.setItem("adminTheme", JSON.stringify(chosen ? chosen[1] : "auto"));
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
document.addEventListener("DOMContentLoaded", () => document.getElementById("main")?.setAttribute("role", "main"));
