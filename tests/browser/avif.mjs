// SPDX-License-Identifier: MIT
// AVIFs with every irot and imir, with and without an orientation in Exif, which browsers ignore there: what is shown of them, and of what --heif=jpeg,
// png and drop make of them. The AV1 in them is that of testdata/heif/420.avif; tests/cli/heif.py writes the boxes.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOrientation } from './judge.mjs';
import { storedSize } from './picture.mjs';
import { normalize } from './tools.mjs';

const STORED = [64, 48];
// The two browsers interpolate the chroma of this small picture differently. A wrong turn of it is below 8 dB.
const LEAST = 24;
const KINDS = ['jpeg', 'png', 'drop'];

// irot, imir, Exif; n: there is none. The last ones have imir in front of irot.
function makeSources(root, folder) {
    const cases = [];
    const source = join(root, 'testdata/heif/420.avif');
    mkdirSync(folder);
    const make = (irot, imir, exif, order, name) => {
        const dash = (value) => (value === 'n' ? '-' : value);
        const file = `${name}.avif`;
        execFileSync('python3', [join(root, 'tests/cli/heif.py'), 'turn', source, join(folder, file), dash(irot), dash(imir), dash(exif), order]);
        cases.push({ name, file, stored: STORED, plain: `${irot}${imir}${exif}` === 'nnn' });
    };
    for (const irot of 'n0123') for (const imir of 'n01') for (const exif of 'n16') make(irot, imir, exif, 'irot,imir', `avif-${irot}${imir}${exif}`);
    for (const irot of '13') for (const imir of '01') make(irot, imir, 'n', 'imir,irot', `avif-${irot}${imir}n-mirrored-first`);
    return cases;
}

/** lookAtSources, lookAtProducts: of run.mjs. */
export async function checkAvif(tally, browsers, servers, options, { root, lookAtSources, lookAtProducts }) {
    const cases = makeSources(root, join(options.scratch, 'avif'));
    const seen = {};
    for (const name of Object.keys(browsers)) seen[name] = await lookAtSources(browsers[name], servers, cases, 'avif');
    const stored = seen.chromium.get(cases.find((c) => c.plain).name);
    if (stored.error) throw new Error(`Chromium shows no AVIF: ${stored.error}`);

    const products = [];
    for (const kind of KINDS) {
        const to = `avif.${kind}`;
        const items = await normalize(options.exifnorm, join(options.scratch, 'avif'), join(options.scratch, to), join(options.scratch, `${to}.jsonl`), [`--heif=${kind}`, '--verify']);
        for (const c of cases) {
            const item = items.get(c.file);
            if (!item || item.error) {
                tally.check(`${c.file} to ${kind}`, [item?.error ?? 'not in the report']);
                continue;
            }
            const path = `${to}/${item.output ?? c.file}`;
            const size = kind === 'drop' ? STORED : storedSize(readFileSync(join(options.scratch, path)));
            products.push({ case: c, path, kind, stored: size, least: LEAST });
            if (kind !== 'jpeg') continue;
            const { error, picture } = seen.chromium.get(c.name);
            const reading = error ? 0 : readOrientation(picture, stored.picture);
            tally.check(`report of ${c.file}`, (item.orientation ?? 1) === reading ? [] : [`orientation ${item.orientation}, shown as ${reading}`]);
            const other = seen.firefox.get(c.name);
            // One whose imir stands before irot, which MIAF does not allow, Firefox does not show.
            const second = other.error ? reading : readOrientation(other.picture, stored.picture);
            tally.check(`${c.file} in Firefox`, reading && second === reading ? [] : [`shown as ${second}, by Chromium as ${reading}`]);
            if (other.error) console.log(`note: Firefox does not show ${c.file}: ${other.error}`);
        }
    }
    // What rotates still must not pass for a product whose pixels are as they are stored.
    for (const c of cases.filter(({ name }) => ['avif-1nn', 'avif-n0n', 'avif-21n'].includes(name)))
        products.push({ case: c, path: `avif/${c.file}`, kind: 'decoy', stored: STORED, least: LEAST });

    const plain = new Map(cases.map((c) => [c.name, stored]));
    const turned = ({ kind }) => kind === 'jpeg' || kind === 'png';
    const complaints = new Map(products.map((p) => [p, []]));
    for (const [list, references] of [[products.filter(turned), seen.chromium], [products.filter((p) => !turned(p)), plain]])
        for (const name of Object.keys(browsers))
            for (const [p, found] of await lookAtProducts(name, browsers[name], servers, list, references)) complaints.get(p).push(...found);
    for (const p of products) {
        const found = complaints.get(p);
        if (p.kind === 'decoy') tally.check(`decoy ${p.path}`, found.length ? [] : ['was let pass']);
        else tally.check(`${p.path} (${p.kind})`, found);
    }
    console.log(`AVIF: ${cases.length} sources, ${products.length} products`);
}
