// Files out of a chooser or a drop, with the folders they lie in: [{ file, path }].

export function chosenFiles(input) {
  return [...input.files].filter(isWanted).map((file) => picked(file, file.webkitRelativePath || file.name));
}

export async function droppedFiles(transfer) {
  // All must be taken before the first wait: the browser empties the list after the event.
  const dropped = [...transfer.items].filter((item) => item.kind === "file");
  const taken = dropped.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = await Promise.all(taken.map((each) => (each instanceof File ? [{ file: each, path: each.name }] : walk(each))));
  return found.flat();
}

async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    return file && isWanted(file) ? [picked(file, entry.fullPath.replace(/^\//, ""))] : [];
  }
  const found = [];
  const reader = entry.createReader();
  for (let batch = await next(reader); batch.length; batch = await next(reader)) {
    found.push(...(await Promise.all(batch.map(walk))).flat());
  }
  return found;
}

/** Paths in the form in which the server knows them: some systems write é as two characters. */
const picked = (file, path) => ({ file, path: path.normalize("NFC") });

/** A folder comes in batches of at most 100; an empty one is its end. */
const next = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));

/** Systems and programs leave files of their own in folders: .DS_Store, Thumbs.db, lock files of Word, backups. */
const isWanted = (file) => !/^\.|^~\$|~$|^(desktop\.ini|(eh)?thumbs\.db)$/i.test(file.name);
