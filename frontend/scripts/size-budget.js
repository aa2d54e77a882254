import { gzipSync } from 'node:zlib';

/** Return the entry's file and every file it imports at once, without repetition. */
export function initialFiles(bundle) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    bundle[name].imports.filter((file) => bundle[file]).forEach(visit);
  };
  Object.values(bundle)
    .filter((file) => file.isEntry)
    .forEach((file) => visit(file.fileName));
  return [...seen];
}

/** Return kilobytes after compression of what the first page loads. */
export function initialKb(bundle) {
  const bytes = initialFiles(bundle).map((name) => gzipSync(bundle[name].code).length);
  return bytes.reduce((sum, each) => sum + each, 0) / 1000;
}

function fontsKb(bundle) {
  const fonts = Object.values(bundle).filter((file) => file.fileName.endsWith('.woff2'));
  return fonts.reduce((sum, font) => sum + font.source.length, 0) / 1000;
}

/** A plugin that fails the build when the first load grows over its budget. */
export function sizeBudget(budget) {
  return {
    name: 'size-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const measured = { javascriptKb: initialKb(bundle), fontsKb: fontsKb(bundle) };
      for (const [what, kb] of Object.entries(measured)) {
        const line = `${what}: ${kb.toFixed(1)} of ${budget[what]}`;
        if (kb > budget[what]) this.error(`over the size budget: ${line}`);
        this.info(line);
      }
    },
  };
}
