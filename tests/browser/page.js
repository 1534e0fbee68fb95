// SPDX-License-Identifier: MIT
// Runs inside the page: shows every item of one regime in a cell of its own and reports the sizes the browser gives it.
//
// job = {regime, origins: {same, other}, items: [{file, x, y, cell, box}]}. A cell clips, so nothing runs into its neighbour.
// box: CSS size forced on an <img>, for references. What comes back, per item: {width, height} as the browser's own API tells
// them, {layoutWidth, layoutHeight} where the regime has a layout, or {error}.

'use strict';

const PATIENCE = 180000; // a whole page of pictures, on a machine that has other work

// Rejects instead of waiting for ever.
function soon(promise, what) {
    return Promise.race([
        promise,
        new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: no answer`)), PATIENCE)),
    ]);
}

function loaded(element) {
    return new Promise((resolve, reject) => {
        element.addEventListener('load', () => resolve(element), { once: true });
        element.addEventListener('error', () => reject(new Error('does not load')), { once: true });
    });
}

// Each regime loads anew: no cache hands one regime's decoded picture to another.
function address(job, item, origin, header) {
    return `${job.origins[origin]}/${header ? 'cors' : 'plain'}/${item.file}?${job.regime.name}`;
}

async function blobOf(job, item) {
    return (await fetch(address(job, item, 'same', false))).blob();
}

async function sourceFor(job, item) {
    const { from } = job.regime;
    if (from === 'blob') return URL.createObjectURL(await blobOf(job, item));
    if (from !== 'data') return address(job, item, from, job.regime.header);
    const bytes = new Uint8Array(await (await blobOf(job, item)).arrayBuffer());
    let binary = '';
    for (const b of bytes) binary += String.fromCharCode(b);
    return `data:image/${item.file.endsWith('png') ? 'png' : 'jpeg'};base64,${btoa(binary)}`;
}

async function attachImage(job, item, parent) {
    const img = new Image();
    img.decoding = 'sync';
    if (job.regime.anonymous) img.crossOrigin = 'anonymous';
    img.style.imageOrientation = job.regime.orientation;
    if (item.box) img.style.cssText += `;width:${item.box[0]}px;height:${item.box[1]}px`;
    parent.append(img);
    const ready = loaded(img);
    img.src = await sourceFor(job, item);
    await ready;
    await img.decode();
    return img;
}

function addCanvas(cell, item) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = item.cell;
    cell.append(canvas);
    return canvas.getContext('2d');
}

const kinds = {
    async img(job, item, cell) {
        const img = await attachImage(job, item, cell);
        const box = img.getBoundingClientRect();
        return {
            width: img.naturalWidth,
            height: img.naturalHeight,
            layoutWidth: box.width,
            layoutHeight: box.height,
        };
    },

    // A background tells no size; the pixels around it tell where it ends.
    async background(job, item, cell) {
        const url = await sourceFor(job, item);
        await loaded(Object.assign(new Image(), { src: url }));
        const box = document.createElement('div');
        box.style.cssText = `width:100%;height:100%;background:url("${url}") 0 0 no-repeat`;
        box.style.imageOrientation = job.regime.orientation;
        cell.append(box);
        return {};
    },

    async svg(job, item, cell) {
        const space = 'http://www.w3.org/2000/svg';
        const svg = document.createElementNS(space, 'svg');
        svg.setAttribute('width', item.cell);
        svg.setAttribute('height', item.cell);
        const image = document.createElementNS(space, 'image');
        image.style.imageOrientation = job.regime.orientation;
        const ready = loaded(image);
        image.setAttribute('href', await sourceFor(job, item));
        svg.append(image);
        cell.append(svg);
        await ready;
        const box = image.getBBox();
        return { width: box.width, height: box.height };
    },

    // The picture stays attached, out of sight: its style counts only there.
    async canvas(job, item, cell) {
        const context = addCanvas(cell, item);
        const img = await attachImage(job, item, document.getElementById('aside'));
        context.drawImage(img, 0, 0);
        return { width: img.naturalWidth, height: img.naturalHeight };
    },

    async bitmap(job, item, cell) {
        const context = addCanvas(cell, item);
        const source = job.regime.ofImage
            ? await attachImage(job, item, document.getElementById('aside'))
            : await blobOf(job, item);
        const options = job.regime.option ? { imageOrientation: job.regime.option } : undefined;
        const bitmap = await createImageBitmap(source, options);
        context.drawImage(bitmap, 0, 0);
        return { width: bitmap.width, height: bitmap.height };
    },
};

async function showItem(job, item) {
    const cell = document.createElement('div');
    cell.className = 'cell';
    cell.style.cssText = `left:${item.x}px;top:${item.y}px;width:${item.cell}px;height:${item.cell}px`;
    document.body.append(cell);
    try {
        return await soon(kinds[job.regime.kind](job, item, cell), item.file);
    } catch (error) {
        return { error: String(error.message || error) };
    }
}

// eslint-disable-next-line no-unused-vars -- called from outside
async function show(job) {
    const sizes = await Promise.all(job.items.map((item) => showItem(job, item)));
    // Two frames: everything is laid out and painted once.
    for (let i = 0; i < 2; i++)
        await soon(new Promise((resolve) => requestAnimationFrame(resolve)), 'a frame');
    return sizes;
}
