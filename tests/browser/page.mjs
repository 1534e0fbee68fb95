// SPDX-License-Identifier: MIT
// The page of --html as a person meets it: opened from the disk in Chromium, by keyboard, in a narrow window, with names of files that try to be
// HTML. Nothing is asked of the network, and nothing is said on the console.

import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { start, stop } from './browsers.mjs';
import { PNG_SIGNATURE, chunk } from './picture.mjs';

const { values } = parseArgs({
    options: {
        exifnorm: { type: 'string' },
        modules: { type: 'string' },
        scratch: { type: 'string' },
        chromium: { type: 'string' },
        testdata: { type: 'string' },
        screenshots: { type: 'string', default: '' },
    },
});

let failures = 0;
let checks = 0;
function check(what, holds) {
    checks++;
    if (holds) return;
    failures++;
    console.error(`FAILED: ${what}`);
}
const is = (what, found, wanted) => check(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`, JSON.stringify(found) === JSON.stringify(wanted));

/** A folder of images, label files, failures, and names that no page may obey. */
function makeSource(folder) {
    cpSync(values.testdata, folder, { recursive: true });
    const sample = join(values.testdata, 'jpeg/landscape-6.jpg');
    const names = [
        '<img src=x onerror=document.title=`caught`>.jpg',
        '<!--<script>document.title=`caught`.jpg',
        'quote"\' onload=x &amp; &lt;.jpg',
        'back\\slash\nline\u202Egpj.jpg',
    ];
    mkdirSync(join(folder, '<'));
    copyFileSync(sample, join(folder, '<', 'script>document.title=`caught`<\\script>.jpg'));
    mkdirSync(join(folder, 'end<'));
    copyFileSync(sample, join(folder, 'end<', 'script><script>document.title=`caught`.jpg'));
    for (const name of names) copyFileSync(sample, join(folder, name));
    copyFileSync(sample, Buffer.concat([Buffer.from(join(folder, 'bytes-')), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]));
    copyFileSync(sample, join(folder, 'cut.jpg'));
    truncateSync(join(folder, 'cut.jpg'), 3000);
    writeFileSync(join(folder, 'text.jpg'), 'no image');
    mkdirSync(join(folder, 'many'));
    for (let i = 0; i < 120; i++) writeFileSync(join(folder, 'many', `note-${String(i).padStart(3, '0')}.txt`), `${i}\n`);
}

// Pictures with one painted object, and label files of three formats around it, in the stored frame: the object's place in them is known here alone.
const PAINTED = { width: 240, height: 160, box: [24, 16, 84, 96] };

/** isPainted: whether the pixel at x, y is one of the object's. */
function writePainted(path, orientation, isPainted) {
    const { width, height } = PAINTED;
    const rows = Buffer.alloc(height * (1 + 3 * width), 0xc0);
    for (let y = 0; y < height; y++) {
        rows[y * (1 + 3 * width)] = 0; // no filter
        for (let x = 0; x < width; x++) if (isPainted(x, y)) rows.set([0, 0xa0, 0], y * (1 + 3 * width) + 1 + 3 * x);
    }
    const head = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
    const exif = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);
    writeFileSync(path, Buffer.concat([PNG_SIGNATURE, chunk('IHDR', head), chunk('eXIf', exif), chunk('IDAT', deflateSync(rows)), chunk('IEND')]));
}

function makePainted(folder) {
    const { width, height, box: [x1, y1, x2, y2] } = PAINTED;
    mkdirSync(folder);
    for (let o = 1; o <= 8; o++) writePainted(join(folder, `o${o}.png`), o, (x, y) => x >= x1 && x < x2 && y >= y1 && y < y2);
    const coco = [1, 6, 8], yolo = [2, 5, 7], voc = [3, 4];
    writeFileSync(join(folder, 'coco.json'), JSON.stringify({
        images: coco.map((o) => ({ id: o, file_name: `o${o}.png`, width, height })),
        annotations: coco.map((o) => ({ id: o, image_id: o, bbox: [x1, y1, x2 - x1, y2 - y1] })),
    }));
    for (const o of yolo)
        writeFileSync(join(folder, `o${o}.txt`), `0 ${(x1 + x2) / 2 / width} ${(y1 + y2) / 2 / height} ${(x2 - x1) / width} ${(y2 - y1) / height}\n`);
    for (const o of voc)
        writeFileSync(join(folder, `o${o}.xml`), `<annotation><filename>o${o}.png</filename><size><width>${width}</width><height>${height}</height></size><object><name>a</name>` +
            `<bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox></object></annotation>\n`);
}

// A box of 70 by 30 around 90, 70, tilted by 25 degrees clockwise.
const TILTED = { x: 90, y: 70, long: 70, wide: 30, degrees: 25 };

function isInTilted(x, y) {
    const angle = (TILTED.degrees * Math.PI) / 180, [dx, dy] = [x + 0.5 - TILTED.x, y + 0.5 - TILTED.y];
    return Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle)) <= TILTED.long / 2 && Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle)) <= TILTED.wide / 2;
}

const size = () => ({ original_width: PAINTED.width, original_height: PAINTED.height, image_rotation: 0, from_name: 'label', to_name: 'image' });
const task = (name, type, value) => JSON.stringify([{ data: { image: name }, annotations: [{ result: [{ ...size(), type, value }] }] }]);
const [percentX, percentY] = [(x) => (100 * x) / PAINTED.width, (y) => (100 * y) / PAINTED.height];

/** Each format that knows tilted shapes: [the ending of its file, what is in it]. */
const TILTED_FORMATS = [
    (name) => {
        const { x, y, long, wide, degrees } = TILTED, [left, right, top, bottom] = [x - long / 2, x + long / 2, y - wide / 2, y + wide / 2];
        return ['.cvat.xml', `<annotations><version>1.1</version><image id="0" name="${name}" width="240" height="160">` +
            `<box label="a" xtl="${left}" ytl="${top}" xbr="${right}" ybr="${bottom}" rotation="${degrees}"></box></image></annotations>`];
    },
    (name) => {
        const { x, y, long, wide, degrees } = TILTED;
        return ['.cvat.xml', `<annotations><version>1.1</version><image id="0" name="${name}" width="240" height="160">` +
            `<ellipse label="a" cx="${x}" cy="${y}" rx="${long / 2}" ry="${wide / 2}" rotation="${degrees}"></ellipse></image></annotations>`];
    },
    (name) => {
        const { x, y, long, wide, degrees } = TILTED;
        return ['.json', JSON.stringify({
            images: [{ id: 1, file_name: name, width: 240, height: 160 }],
            annotations: [{ id: 1, image_id: 1, bbox: [x - long / 2, y - wide / 2, long, wide], attributes: { occluded: false, rotation: degrees } }],
        })];
    },
    (name) => {
        const { x, y, long, wide, degrees } = TILTED;
        return ['.xml', `<annotation><filename>${name}</filename><size><width>240</width><height>160</height></size><object><name>a</name><bndbox><xmin>${x - long / 2}</xmin>` +
            `<ymin>${y - wide / 2}</ymin><xmax>${x + long / 2}</xmax><ymax>${y + wide / 2}</ymax></bndbox><attributes><attribute><name>rotation</name><value>${degrees}</value></attribute>` +
            '</attributes></object></annotation>'];
    },
    (name) => {
        const { x, y, long, wide, degrees } = TILTED, angle = (degrees * Math.PI) / 180;
        const left = x - (long / 2) * Math.cos(angle) + (wide / 2) * Math.sin(angle), top = y - (long / 2) * Math.sin(angle) - (wide / 2) * Math.cos(angle);
        return ['.task.json', task(name, 'rectanglelabels', { x: percentX(left), y: percentY(top), width: percentX(long), height: percentY(wide), rotation: degrees, rectanglelabels: ['a'] })];
    },
    (name) => {
        const { x, y, long, wide, degrees } = TILTED;
        return ['.task.json', task(name, 'ellipselabels', { x: percentX(x), y: percentY(y), radiusX: percentX(long / 2), radiusY: percentY(wide / 2), rotation: degrees, ellipselabels: ['a'] })];
    },
    (name, bytes) => {
        const { x, y, long, wide, degrees } = TILTED;
        const ellipse = { name: 'ellipse', cx: x, cy: y, rx: long / 2, ry: wide / 2, theta: (degrees * Math.PI) / 180 };
        return ['.via.json', JSON.stringify({ [name + bytes]: { filename: name, size: bytes, regions: [{ shape_attributes: ellipse, region_attributes: {} }], file_attributes: {} } })];
    },
];

// An L: its lower bar reaches farther to the right than its upright one, so that no side of its box is that of another.
const isInMask = (x, y) => (x >= 30 && x < 50 && y >= 20 && y < 90) || (x >= 50 && x < 110 && y >= 70 && y < 90);

/** The lengths of runs of zeros and ones, the first of zeros, of the pixels that at(i) says. */
function runsOf(count, at) {
    const runs = [];
    for (let i = 0, value = false; i < count; value = !value) {
        const from = i;
        while (i < count && at(i) === value) i++;
        runs.push(i - from);
    }
    return runs;
}

const pngOf = (width, height, colorType, row) => Buffer.concat([
    PNG_SIGNATURE, chunk('IHDR', Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, colorType, 0, 0, 0])),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.from([0, ...Array.from({ length: width }, (_, x) => row(x, y)).flat()]))))), chunk('IEND'),
]);

/** Label Studio's run lengths of RGBA, as the converter writes them: each run on its own. */
function brush() {
    const { width, height } = PAINTED;
    let bits = (width * height * 4).toString(2).padStart(32, '0') + '00111' + '0011' + '0111' + '1011' + '1111';
    let value = false;
    for (const run of runsOf(width * height, (i) => isInMask(i % width, Math.floor(i / width)))) {
        for (let left = run * 4; left > 0; left -= Math.min(left, 65536))
            bits += '111' + (Math.min(left, 65536) - 1).toString(2).padStart(16, '0') + (value ? '11111111' : '00000000');
        value = !value;
    }
    return bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g).map((byte) => parseInt(byte, 2));
}

/** Each format that holds masks. */
const MASK_FORMATS = [
    (name) => ['.json', JSON.stringify({
        images: [{ id: 1, file_name: name, width: 240, height: 160 }],
        annotations: [{ id: 1, image_id: 1, iscrowd: 1, segmentation: { size: [160, 240], counts: runsOf(240 * 160, (i) => isInMask(Math.floor(i / 160), i % 160)) } }],
    })],
    (name) => ['.cvat.xml', `<annotations><version>1.1</version><image id="0" name="${name}" width="240" height="160"><mask label="a" left="30" top="20" width="80" height="70" rle="` +
        `${runsOf(80 * 70, (i) => isInMask(30 + (i % 80), 20 + Math.floor(i / 80))).join(', ')}"></mask></image></annotations>`],
    (name) => ['.task.json', task(name, 'brushlabels', { format: 'rle', rle: brush(), brushlabels: ['a'] })],
    (name) => ['.task.json', task(name, 'brushlabels', {
        imageDataURL: `data:image/png;base64,${pngOf(240, 160, 6, (x, y) => [0, 0, 0, isInMask(x, y) ? 255 : 0]).toString('base64')}`, brushlabels: ['a'],
    })],
    // A border of nothing around what is painted, as editors leave it.
    (name) => ['.png.json', JSON.stringify({
        description: '', tags: [], size: { height: 160, width: 240 },
        objects: [{ classTitle: 'a', geometryType: 'bitmap', bitmap: { origin: [25, 17], data: deflateSync(pngOf(90, 80, 0, (x, y) => [isInMask(25 + x, 17 + y) ? 255 : 0])).toString('base64') } }],
    })],
];

/** Three images of each orientation, which are those that a page shows, but of 1, where nothing is moved; shift: with which format to begin. */
function makeFormats(folder, formats, isPainted, shift) {
    mkdirSync(folder);
    for (let o = 2; o <= 8; o++)
        for (let k = 0; k < 3; k++) {
            const name = `o${o}-${k}.png`, path = join(folder, name);
            writePainted(path, o, isPainted);
            const [ending, text] = formats[(3 * o + k + shift) % formats.length](name, statSync(path).size);
            writeFileSync(join(folder, `o${o}-${k}${ending}`), text);
        }
}

function exifnorm(...args) {
    return spawnSync(values.exifnorm, args, { cwd: values.scratch, encoding: 'utf8' }).status;
}

/** A tab that notes all that must not happen. */
async function open(browser, name, width, height) {
    const tab = await browser.newPage();
    const said = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    tab.on('dialog', (dialog) => { said.push('dialog'); dialog.dismiss(); });
    tab.on('request', (request) => { if (!/^(file|data):/.test(request.url())) said.push(`asks for ${request.url()}`); });
    await tab.setViewport({ width, height });
    const began = performance.now();
    await tab.goto(`file://${join(values.scratch, name)}`, { waitUntil: 'load' });
    return { tab, said, took: performance.now() - began };
}

const rows = (tab) => tab.$$eval('#files-table tbody tr', (list) => list.map((row) => [...row.cells].map((cell) => cell.textContent)));
const says = (tab) => tab.$eval('#files-says', (node) => node.textContent);
const choose = (tab, id, text) =>
    tab.$eval(`#${id}`, (node, wanted) => {
        node.value = [...node.options].find((option) => option.textContent === wanted).value;
        node.dispatchEvent(new Event('change'));
    }, text);

/** The mean colour of each quarter of a picture, from its top left one, row by row. */
const quarters = (tab, selector) =>
    tab.$eval(selector, (image) => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 2;
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0, 2, 2);
        return [...context.getImageData(0, 0, 2, 2).data].map((value) => Math.round(value / 32));
    });

async function checkContents(tab, report) {
    const lines = report.filter((line) => line.path !== undefined);
    is('the title is its own', await tab.title(), 'exifnorm');
    is('scripts in the page', await tab.$$eval('script', (list) => list.map((node) => node.type)), ['application/json', '']);
    is('rows of the first page', (await rows(tab)).length, 50);
    is('what is shown', await says(tab), `1 to 50 of ${lines.length}`);
    const counts = await tab.$$eval('#outcomes tbody tr', (list) => list.map((row) => [row.cells[0].textContent, +row.cells[1].textContent.replaceAll(',', '')]));
    const wanted = {};
    for (const line of lines) wanted[line.outcome] = (wanted[line.outcome] || 0) + 1;
    is('counts of outcomes', Object.fromEntries(counts.sort()), Object.fromEntries(Object.entries(wanted).sort()));
    const broken = await tab.$$eval('img', (list) => list.filter((image) => !image.complete || !image.naturalWidth).length);
    is('pictures that do not show', broken, 0);
    check('pictures', (await tab.$$('img')).length > 20);
    const captions = await tab.$$eval('figcaption', (list) => list.map((node) => node.textContent));
    for (let o = 1; o <= 8; o++) check(`a picture of orientation ${o}`, captions.some((text) => text.includes(`orientation ${o},`)));
    for (const outcome of ['untouched', 'lossless', 'luma-lossless', 'requantized']) check(`a picture of outcome ${outcome}`, captions.some((text) => text.includes(`${outcome},`)));
}

/** Before and now look alike, whatever the orientation: the one is rotated by this program, the other by the browser's rule. */
async function checkPairs(tab) {
    const figures = await tab.$$eval('figure', (list) => list.map((node, i) => {
        node.id = `figure-${i}`;
        return [...node.querySelectorAll('img')].map((image) => [image.alt, image.naturalWidth, image.naturalHeight]);
    }));
    let pairs = 0;
    for (const [i, images] of figures.entries()) {
        if (images.length < 2) continue;
        pairs++;
        is(`sizes of pair ${i}`, images[0].slice(1), images[1].slice(1));
        const [a, b] = [await quarters(tab, `#figure-${i} img[alt=before]`), await quarters(tab, `#figure-${i} img[alt=now]`)];
        check(`both of pair ${i} show one picture: ${a} and ${b}`, a.every((value, k) => Math.abs(value - b[k]) <= 1));
    }
    check('pairs', pairs > 10);
}

/** How far pixels of a colour extend in what is on the screen: left, top, right, bottom of the red of boxes and of the green of objects, and where on each of
 * these sides they touch it. */
const extents = (tab, screenshot) =>
    tab.evaluate(async (base64) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        const found = { red: [1e9, 1e9, -1, -1], green: [1e9, 1e9, -1, -1] }, pixels = { red: [], green: [] };
        for (let i = 0; i < data.length; i += 4) {
            const [r, g, b] = data.slice(i, i + 3);
            const name = r > 170 && g < 110 && b < 110 ? 'red' : g > 110 && r < 110 && b < 110 ? 'green' : null;
            if (!name) continue;
            const x = (i / 4) % image.width, y = Math.floor(i / 4 / image.width), e = found[name];
            found[name] = [Math.min(e[0], x), Math.min(e[1], y), Math.max(e[2], x), Math.max(e[3], y)];
            pixels[name].push([x, y]);
        }
        const mean = (list) => Math.round(list.reduce((sum, value) => sum + value, 0) / list.length);
        const touches = (name) => found[name].map((side, k) => mean(pixels[name].filter((at) => Math.abs(at[k % 2] - side) < 2).map((at) => at[1 - (k % 2)])));
        return [found.red, found.green, touches('red'), touches('green')];
    }, screenshot);

/** On the screen each box is around its object, before and now. isTilted: it has the object's corners, too. */
async function checkBoxes(browser, name, count = 16, isTilted = false) {
    const { tab, said } = await open(browser, name, 1100, 900);
    const shots = await tab.$$('.shot');
    is(`pictures of ${name} with boxes`, shots.length, count);
    is(`those of ${name} that have some`, await tab.$$eval('.shot', (list) => list.filter((node) => node.querySelector('svg')).length), count);
    for (const [i, shot] of shots.entries()) {
        const [red, green, redAt, greenAt] = await extents(tab, await shot.screenshot({ encoding: 'base64' }));
        check(`the box of picture ${i} of ${name}, ${red}, is around its object, ${green}`, red.every((value, k) => Math.abs(value - green[k]) <= 3));
        if (isTilted) check(`the corners of the box of picture ${i} of ${name}, ${redAt}, are its object's, ${greenAt}`, redAt.every((value, k) => Math.abs(value - greenAt[k]) <= 4));
    }
    is(`the console of ${name}`, said, []);
    await tab.close();
}

async function checkTable(tab, report) {
    const lines = report.filter((line) => line.path !== undefined);
    await tab.focus('#files-on');
    await tab.keyboard.press('Enter');
    is('the second page, by keyboard', await says(tab), `51 to 100 of ${lines.length}`);
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Space');
    check('the last page, by keyboard', (await says(tab)).endsWith(`${lines.length} of ${lines.length}`));
    is('focus is not lost where the button ends', await tab.evaluate(() => document.activeElement.id), 'files-back');
    await choose(tab, 'outcome', 'failed');
    is('failed files', (await rows(tab)).map((row) => row[0]).sort(), lines.filter((line) => line.outcome === 'failed').map((line) => line.path).sort());
    check('an error is named', (await rows(tab)).some((row) => row[3].includes('damaged image data')));
    await choose(tab, 'outcome', 'all');
    await choose(tab, 'orientation', '5');
    is('files of orientation 5', (await rows(tab)).length, lines.filter((line) => line.orientation === 5).length);
    await choose(tab, 'orientation', 'all');
    await tab.type('#search', 'NOTE-01');
    await tab.waitForFunction(() => document.getElementById('files-says').textContent.endsWith('of 10'));
    is('a search', (await rows(tab)).map((row) => row[0]).at(-1), 'many/note-019.txt');
    await tab.$eval('#search', (node) => { node.value = 'script>'; node.dispatchEvent(new Event('input')); });
    await tab.waitForFunction(() => document.getElementById('files-says').textContent.endsWith('of 3'));
    check('a name is shown as it is', (await rows(tab)).some((row) => row[0] === 'end</script><script>document.title=`caught`.jpg'));
    await tab.$eval('#outcomes button', (node) => node.click());
    is('a list of an outcome moves focus', await tab.evaluate(() => document.activeElement.id), 'files');
    is('and empties the search', await tab.$eval('#search', (node) => node.value), '');
}

/** Nothing is cut off or pushed out of a narrow window. */
async function checkNarrow(browser, name) {
    const { tab, said } = await open(browser, name, 400, 800);
    is('the width of the page in a window of 400 pixels', await tab.evaluate(() => document.documentElement.scrollWidth), 400);
    const small = await tab.$$eval('p, td, li, figcaption', (list) => list.filter((node) => parseFloat(getComputedStyle(node).fontSize) < 12).length);
    is('texts smaller than 12 pixels', small, 0);
    is('the console of the narrow page', said, []);
    await tab.close();
}

/** Those of docs/page.md, of the images of testdata. */
async function takeScreenshots(browser) {
    exifnorm('-q', '--html=shots.html', values.testdata, 'shots');
    const wide = await open(browser, 'shots.html', 820, 560);
    for (const id of ['outcomes', 'pictures', 'files']) {
        await wide.tab.$eval(`#${id}`, (node) => node.scrollIntoView());
        await wide.tab.screenshot({ path: join(values.screenshots, `page-${id}.png`) });
    }
    const boxes = await open(browser, 'painted.html', 820, 380);
    await boxes.tab.$eval('#pictures', (node) => node.scrollIntoView());
    await boxes.tab.screenshot({ path: join(values.screenshots, 'page-boxes.png') });
    const narrow = await open(browser, 'shots.html', 400, 560);
    await narrow.tab.screenshot({ path: join(values.screenshots, 'page-narrow.png') });
}

async function main() {
    const source = join(values.scratch, 'in');
    makeSource(source);
    is('exit status', exifnorm('-q', '--html=page.html', '--report=report', 'in', 'out'), 1);
    is('exit status of --check', exifnorm('-q', '--check', '--html=check.html', '--report=check', 'in'), 1);
    is('exit status of --from-report', exifnorm('--html=again.html', '--from-report=report', 'in', 'out'), 0);
    const bytes = (name) => readFileSync(join(values.scratch, name));
    check('a page of the report is that of the run', bytes('page.html').equals(bytes('again.html')));
    const read = (name) => bytes(name).toString('utf8').trim().split('\n').map((line) => JSON.parse(line));
    makePainted(join(values.scratch, 'painted'));
    is('exit status of labels', exifnorm('-q', '--html=painted.html', '--report=painted.report', '--labels', '--labels-frame=stored', 'painted', 'painted-out'), 0);
    is('exit status of labels with --mode=drop', exifnorm('-q', '--html=dropped.html', '--mode=drop', '--labels', '--labels-frame=stored', 'painted', 'dropped'), 0);
    const sets = [];
    for (const [set, formats, isPainted] of [['tilted', TILTED_FORMATS, isInTilted], ['masks', MASK_FORMATS, isInMask]])
        for (const shift of [0, 3]) {
            makeFormats(join(values.scratch, set + shift), formats, isPainted, shift);
            for (const mode of ['bake', 'drop']) {
                sets.push([`${set}${shift}-${mode}.html`, set === 'tilted']);
                is(`exit status of ${set}${shift} with ${mode}`, exifnorm('-q', `--html=${set}${shift}-${mode}.html`, `--mode=${mode}`, '--labels', '--labels-frame=stored', set + shift, `${set}${shift}-${mode}`), 0);
            }
        }
    const browser = await start('chromium', values.chromium, values.modules, join(values.scratch, 'home'));
    try {
        const { tab, said, took } = await open(browser, 'page.html', 1100, 900);
        await checkContents(tab, read('report'));
        await checkPairs(tab);
        await checkTable(tab, read('report'));
        await tab.close();
        is('the console', said, []);
        const looked = await open(browser, 'check.html', 1100, 900);
        is('pictures of --check are of before', await looked.tab.$$eval('img', (list) => [...new Set(list.map((image) => image.alt))]), ['before']);
        check('outcomes of --check', (await looked.tab.$$eval('#outcomes tbody tr', (list) => list.map((row) => row.cells[0].textContent))).includes('to-turn'));
        is('the console of --check', looked.said, []);
        await looked.tab.close();
        await checkNarrow(browser, 'page.html');
        await checkBoxes(browser, 'painted.html');
        await checkBoxes(browser, 'dropped.html');
        for (const [name, isTilted] of sets) await checkBoxes(browser, name, 42, isTilted);
        if (values.screenshots) await takeScreenshots(browser);
        console.log(`page.mjs: ${checks} checks, ${failures} failed; ${statSync(join(values.scratch, 'page.html')).size} bytes, loaded in ${took.toFixed(0)} ms`);
    } finally {
        await stop(browser);
    }
    process.exitCode = failures ? 1 : 0;
}

await main();
