// Runs before the scripts of the admin's library: colours are those chosen in the product, and htmx adds no inline
// style and evaluates no attribute.

const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
localStorage.setItem("adminTheme", JSON.stringify(chosen ? chosen[1] : "auto"));
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
