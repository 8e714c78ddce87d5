// What must survive a reload, for this tab only. Storage can be full or forbidden; then it is simply not kept.

export function keep(key, value) {
  try {
    if (value === "" || value == null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    return false;
  }
  return true;
}

export function kept(key, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
