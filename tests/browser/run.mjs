// SPDX-License-Identifier: MIT
// The browser proof. Crafted sources -> what browsers show of them -> exifnorm -> what browsers show of the products.
//
// A product passes when every regime of both browsers shows it at its stored size with the same pixels, and these are what
// Chromium shows of the source by default. So does no product that was stripped without being turned: the run makes such
// products too, and fails where the judge lets one pass.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkAvif } from './avif.mjs';
import { arrange, look, originOf, serve, start, stop, versionOf } from './browsers.mjs';
import { EXPECTED_FAILURES, makeCases } from './cases.mjs';
import { checkFrames } from './frames.mjs';
import { judge, readOrientation, shown } from './judge.mjs';
import { flatPicture, storedSize } from './picture.mjs';
import { BITMAP, DEFAULT, REGIMES } from './regimes.mjs';
import { WRONG_TOOLS, normalize, spoil } from './tools.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const RUN_LIMIT = 1200000; // a picture or a page that hangs has a limit of its own

const OPTIONS = {
    exifnorm: { type: 'string' }, // the program under test
    modules: { type: 'string' }, // folder with package.json and node_modules
    scratch: { type: 'string' }, // an empty folder; everything is written there
    chromium: { type: 'string' },
    firefox: { type: 'string' },
    only: { type: 'string', default: '' }, // cases whose name matches, for work on one of them
    tool: { type: 'string', default: 'exifnorm' }, // or strip, tag, copy: the whole run must then fail
    verbose: { type: 'boolean', default: false }, // every complaint
};

// Images that must be seen turned in one regime and unturned in another, or the run proves nothing.
const CONTROLS = ['jpeg-orientation-6-ii', 'png-orientation-6'];

// Wrong products that must be refused: turned in no regime, in some, laid out at two sizes.
const DECOYS = [
    ['strip', 'jpeg-orientation-6-ii'],
    ['strip', 'png-orientation-8'],
    ['strip', 'jpeg-orientation-2-mm'],
    ['tag', 'jpeg-orientation-3-mm'],
    ['tag', 'jpeg-twice-6-3'],
    ['tag', 'jpeg-ifd0-1-exif-ifd-6'],
    ['tag', 'jpeg-density-match-1'],
    ['copy', 'jpeg-orientation-6-ii'],
    ['copy', 'png-orientation-5'],
    ['copy', 'png-density-match-1'],
];

class Tally {
    passed = 0;
    failed = 0;

    check(name, complaints, most = 3) {
        if (!complaints.length) {
            this.passed++;
            return;
        }
        this.failed++;
        console.log(`FAILED: ${name}`);
        for (const complaint of complaints.slice(0, most)) console.log(`    ${complaint}`);
        if (complaints.length > most) console.log(`    and ${complaints.length - most} more`);
    }
}

// What one browser shows of the sources: reading (by default), natural size, bitmap size, and the picture at bitmap size.
async function lookAtSources(browser, servers, cases, folder = 'in') {
    const items = cases.map((c) => ({ path: `${folder}/${c.file}`, side: Math.max(...c.stored) }));
    const height = arrange(items);
    const bitmaps = await look(browser, servers, BITMAP, items, height);
    const naturals = await look(browser, servers, DEFAULT, items, height);
    items.forEach((item, i) => {
        if (!bitmaps[i].error) item.box = [bitmaps[i].width, bitmaps[i].height];
    });
    const boxed = await look(browser, servers, DEFAULT, items, height);
    return new Map(
        cases.map((c, i) => {
            const error = bitmaps[i].error || boxed[i].error;
            if (error) return [c.name, { error }];
            const natural = [naturals[i].width, naturals[i].height];
            return [c.name, { natural, picture: shown(boxed[i], items[i].box) }];
        }),
    );
}

// The stored pixels of a source: known for flat pictures, else seen where no regime turns them.
async function storedPictures(browser, servers, cases) {
    const none = REGIMES.find((r) => r.name === 'img-same-none');
    const others = cases.filter((c) => !c.flat);
    const items = others.map((c) => ({
        path: `in/${c.file}`,
        side: Math.max(...c.stored),
        box: c.stored,
    }));
    const pictures = new Map(cases.filter((c) => c.flat).map((c) => [c.name, flatPicture(...c.stored)]));
    if (!items.length) return pictures;
    const looks = await look(browser, servers, none, items, arrange(items));
    others.forEach((c, i) => pictures.set(c.name, shown(looks[i], c.stored)));
    return pictures;
}

// Notes where a browser reads a source otherwise than written down; the judgement does not rest on it.
function compareReadings(name, cases, seen, stored) {
    let different = 0;
    const note = (c, found, wanted) => {
        different++;
        console.log(`note: ${name} shows ${c.file} ${found}, written down is ${wanted}`);
    };
    for (const c of cases) {
        const { error, picture, natural } = seen.get(c.name);
        if (error) {
            note(c, `not at all (${error})`, `orientation ${c[name]}`);
            continue;
        }
        const reading = readOrientation(picture, stored.get(c.name));
        const wanted = c.natural?.[name] ?? [picture.width, picture.height];
        if (reading !== c[name]) note(c, `as ${reading}`, c[name]);
        if (natural.join() !== wanted.join()) note(c, `at ${natural.join('x')}`, wanted.join('x'));
    }
    console.log(`${name}: ${cases.length} sources read, ${different} otherwise than written down`);
}

// The controls in every regime: turned in some, unturned in others.
async function checkControls(tally, name, browser, servers, cases, stored) {
    const controls = cases.filter((c) => CONTROLS.includes(c.name));
    const items = controls.map((c) => ({ path: `in/${c.file}`, side: Math.max(...c.stored) }));
    const height = arrange(items);
    const seen = controls.map(() => new Set());
    for (const regime of REGIMES)
        (await look(browser, servers, regime, items, height)).forEach((l, i) => {
            const { stored: size } = controls[i];
            for (const box of [size, [...size].reverse()]) {
                const reading = readOrientation(shown(l, box), stored.get(controls[i].name));
                if (reading) seen[i].add(reading);
            }
        });
    controls.forEach((c, i) => {
        const readings = [...seen[i]].sort().join(' and ');
        const complaints = readings === '1 and 6' ? [] : [`shown as ${readings}, not as 1 and 6`];
        tally.check(`control ${c.file} in ${name}`, complaints);
    });
}

// All regimes of one browser over all products; complaints by product.
async function lookAtProducts(name, browser, servers, products, references) {
    const items = products.map((p) => ({ path: p.path, side: Math.max(...p.stored) }));
    const height = arrange(items);
    const complaints = new Map(products.map((p) => [p, []]));
    let first = null;
    for (const regime of [DEFAULT, ...REGIMES.filter((r) => r !== DEFAULT)]) {
        const looks = await look(browser, servers, regime, items, height);
        products.forEach((p, i) => {
            const reference = references.get(p.case.name);
            const found = reference.error
                ? [`Chromium does not show the source: ${reference.error}`]
                : judge(looks[i], p.stored, reference.picture, first?.[i] ?? null, p.least);
            for (const c of found) complaints.get(p).push(`${name} ${regime.name}: ${c}`);
        });
        first ??= looks;
    }
    return complaints;
}

// The products to look at. A failed item is judged at once: it must be an expected one.
function collectProducts(tally, cases, items, scratch) {
    const products = [];
    for (const c of cases) {
        const item = items.get(c.file);
        const reason = EXPECTED_FAILURES[c.name];
        const path = `out/${c.file}`;
        if (!item) tally.check(c.file, ['not in the report']);
        else if (item.outcome === 'failed' && reason) {
            console.log(`expected failure: ${c.file}: ${item.error} (${reason})`);
            tally.check(c.file, existsSync(join(scratch, path)) ? ['failed, with a product'] : []);
        } else if (item.outcome === 'failed') tally.check(c.file, [item.error]);
        else if (reason) tally.check(c.file, ['is no failure any more: take it off the list']);
        else if (item.outcome === 'copied') tally.check(c.file, ['not taken for an image']);
        else products.push({ case: c, path, outcome: item.outcome });
    }
    return products;
}

// The report tells Chromium's reading, and a warning that --strict refuses wherever Firefox has another one.
function checkReport(tally, cases, items) {
    const ambiguous = ['orientation-ignored', 'orientation-ambiguous', 'xmp-orientation', 'profile-orientation', 'thumbnail-aspect',
        'already-turned'];
    for (const c of cases) {
        const item = items.get(c.file);
        const complaints = [];
        // Of a WebP it tells what other readers rotate by, and that no browser does.
        if (c.file.endsWith('.webp')) {
            if (item?.orientation > 1 && !item.warnings.includes('orientation-ignored')) complaints.push('does not say that browsers ignore it');
        } else if ((item?.orientation || 1) !== c.chromium) complaints.push(`orientation ${item?.orientation}, not ${c.chromium}`);
        if (c.firefox && c.firefox !== c.chromium && !item?.warnings.some((w) => ambiguous.includes(w)))
            complaints.push('does not say that readers disagree');
        tally.check(`report of ${c.file}`, complaints);
    }
}

function measure(product, scratch) {
    product.stored = storedSize(readFileSync(join(scratch, product.path))) ?? [1, 1];
    return product;
}

async function prove(options, servers, browsers) {
    const { scratch } = options;
    const tally = new Tally();
    const only = new RegExp(options.only);
    const all = makeCases(resolve(HERE, '../../testdata'));
    const needed = new Set([...CONTROLS, ...DECOYS.map(([, name]) => name)]);
    const cases = all.filter((c) => only.test(c.name) || needed.has(c.name));
    mkdirSync(join(scratch, 'in'));
    for (const c of cases) writeFileSync(join(scratch, 'in', c.file), c.bytes);

    const stored = await storedPictures(browsers.chromium, servers, cases);
    const [references] = await Promise.all(
        Object.entries(browsers).map(async ([name, browser]) => {
            const seen = await lookAtSources(browser, servers, cases);
            compareReadings(name, cases, seen, stored);
            await checkControls(tally, name, browser, servers, cases, stored);
            return seen;
        }),
    );

    const from = join(scratch, 'in');
    const items = options.tool === 'exifnorm'
        ? await normalize(options.exifnorm, from, join(scratch, 'out'), join(scratch, 'report.jsonl'))
        : spoil(options.tool, cases, from, join(scratch, 'out'));
    if (options.tool === 'exifnorm') checkReport(tally, cases, items);
    const products = collectProducts(tally, cases, items, scratch);
    for (const [tool, name] of DECOYS) {
        const c = cases.find((one) => one.name === name);
        spoil(tool, [c], from, join(scratch, 'decoys', tool));
        products.push({ case: c, path: `decoys/${tool}/${c.file}`, decoy: tool });
    }
    for (const product of products) measure(product, scratch);

    const found = await Promise.all(
        Object.entries(browsers).map(([name, browser]) =>
            lookAtProducts(name, browser, servers, products, references)),
    );
    for (const p of products) {
        const complaints = found.flatMap((map) => map.get(p));
        const most = options.verbose ? Infinity : 3;
        if (!p.decoy) tally.check(`${p.case.file} (${p.outcome})`, complaints, most);
        else tally.check(`decoy ${p.path}`, complaints.length ? [] : ['was let pass']);
    }
    if (options.tool === 'exifnorm' && only.test('avif'))
        await checkAvif(tally, browsers, servers, options, { root: resolve(HERE, '../..'), lookAtSources, lookAtProducts });
    if (options.tool === 'exifnorm') await checkFrames(tally, browsers.chromium, servers, options);
    return tally;
}

async function main() {
    const { values: options } = parseArgs({ options: OPTIONS });
    if (options.tool !== 'exifnorm' && !WRONG_TOOLS[options.tool])
        throw new Error(`no tool is named ${options.tool}`);
    const before = Date.now();
    const servers = { same: await serve(options.scratch, HERE), other: await serve(options.scratch, HERE) };
    const browsers = {};
    const closeAll = () => Promise.all(Object.values(browsers).map(stop));
    const alarm = setTimeout(async () => {
        console.error(`no end after ${RUN_LIMIT / 1000} s`);
        await closeAll();
        process.exit(1);
    }, RUN_LIMIT);
    try {
        for (const name of ['chromium', 'firefox']) {
            const home = join(options.scratch, `home-${name}`);
            browsers[name] = await start(name, options[name], options.modules, home);
            console.log(`${name}: ${await versionOf(browsers[name], options[name])}`);
        }
        console.log(`origins ${originOf(servers.same)} and ${originOf(servers.other)}, ${REGIMES.length} regimes`);
        const tally = await prove(options, servers, browsers);
        console.log(`${((Date.now() - before) / 1000).toFixed(0)} s`);
        console.log(`${tally.passed} passed, ${tally.failed} failed`);
        process.exitCode = tally.failed ? 1 : 0;
    } finally {
        clearTimeout(alarm);
        await closeAll();
        for (const server of Object.values(servers)) {
            server.closeAllConnections();
            server.close();
        }
    }
}

await main();
