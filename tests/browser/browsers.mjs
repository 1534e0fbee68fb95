// SPDX-License-Identifier: MIT
// The two origins, the two browsers, and a look at a page of pictures.

import { createServer } from 'node:http';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { crop, readPng } from './picture.mjs';

const WIDTH = 1280;
const MARGIN = 4;

/** Serves folder at /cors/ (with the header) and /plain/ on a port of its own of 127.0.0.1. Its files are read once: none changes while it
 * is looked at. */
export async function serve(folder, here) {
    const pages = { '/page.html': 'text/html', '/page.js': 'text/javascript' };
    const files = new Map();
    const bytesOf = (name) => {
        if (!files.has(name)) files.set(name, readFileSync(name));
        return files.get(name);
    };
    const server = createServer((request, response) => {
        const { pathname } = new URL(request.url, 'http://localhost');
        const head = { 'Cache-Control': 'no-store' };
        const match = /^\/(cors|plain)\/([\w/.-]+)$/.exec(pathname);
        try {
            if (pages[pathname]) {
                head['Content-Type'] = pages[pathname];
                response.writeHead(200, head).end(bytesOf(join(here, pathname)));
            } else if (match && !match[2].includes('..')) {
                if (match[1] === 'cors') head['Access-Control-Allow-Origin'] = '*';
                head['Content-Type'] = match[2].endsWith('.png') ? 'image/png' : match[2].endsWith('.avif') ? 'image/avif' : 'image/jpeg';
                response.writeHead(200, head).end(bytesOf(join(folder, match[2])));
            } else response.writeHead(404).end();
        } catch {
            response.writeHead(404).end();
        }
    });
    await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
    });
    return server;
}

export const originOf = (server) => `http://127.0.0.1:${server.address().port}`;

const CHROMIUM_ARGUMENTS = [
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-checker-imaging', // a screenshot waits for every picture
    '--force-color-profile=srgb',
    '--hide-scrollbars',
];

// Firefox is kept from calling home: there is no network where tests run.
const FIREFOX_PREFERENCES = {
    'app.normandy.enabled': false,
    'browser.safebrowsing.downloads.remote.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
};

/** Starts one browser; home is a folder for whatever it writes. */
export async function start(name, program, modules, home) {
    const puppeteer = createRequire(join(modules, 'package.json'))('puppeteer-core');
    mkdirSync(home, { recursive: true });
    const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];
    const browser = await puppeteer.launch({
        browser: name === 'chromium' ? 'chrome' : 'firefox',
        executablePath: program,
        headless: true,
        args: name === 'chromium' ? [...asRoot, ...CHROMIUM_ARGUMENTS] : [],
        extraPrefsFirefox: name === 'firefox' ? FIREFOX_PREFERENCES : undefined,
        env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, TMPDIR: home },
        timeout: 120000,
        protocolTimeout: 300000,
    });
    return browser;
}

/** Closes a browser, or ends its process where it does not answer. */
export async function stop(browser) {
    const child = browser.process();
    const ended = child && new Promise((resolve) => child.once('exit', resolve));
    const alarm = setTimeout(() => child?.kill('SIGKILL'), 10000);
    try {
        await browser.close();
        if (child?.exitCode === null && child.signalCode === null) await ended;
    } catch {
        child?.kill('SIGKILL');
    }
    clearTimeout(alarm);
}

/** Gives each item a square cell {x, y, cell} on a page, rows filled one after the other; returns the page's height. */
export function arrange(items) {
    let x = 0;
    let y = 0;
    let row = 0;
    for (const item of [...items].sort((a, b) => a.side - b.side)) {
        const cell = item.side + MARGIN;
        if (x + cell > WIDTH) {
            x = 0;
            y += row;
            row = 0;
        }
        Object.assign(item, { x, y, cell });
        x += cell;
        row = Math.max(row, cell);
    }
    return y + row;
}

// The tab of a browser in which it is looked, and its height. A tab costs as much as a page in it, and every look loads the page anew.
const tabs = new WeakMap();

async function tabOf(browser, height) {
    if (!tabs.has(browser)) tabs.set(browser, { page: await browser.newPage(), height: 0 });
    const tab = tabs.get(browser);
    if (tab.height !== height) await tab.page.setViewport({ width: WIDTH, height, deviceScaleFactor: 1 });
    tab.height = height;
    return tab.page;
}

/** Shows arranged items in one regime: for each its sizes or error, and `picture`, its cell as seen. One look at a time in each browser. */
export async function look(browser, servers, regime, items, height) {
    const page = await tabOf(browser, height);
    const origins = { same: originOf(servers.same), other: originOf(servers.other) };
    await page.goto(`${origins.same}/page.html`, { waitUntil: 'load', timeout: 120000 });
    const job = {
        regime,
        origins,
        items: items.map(({ path, x, y, cell, box }) => ({ file: path, x, y, cell, box })),
    };
    const sizes = await page.evaluate((j) => window.show(j), job);
    const shot = readPng(Buffer.from(await page.screenshot({ type: 'png' })));
    if (shot.width !== WIDTH || shot.height !== height)
        throw new Error(`a screenshot of ${shot.width}x${shot.height}, not ${WIDTH}x${height}`);
    return items.map((item, i) => ({
        ...sizes[i],
        picture: crop(shot, item.x, item.y, item.cell, item.cell),
    }));
}

/** The name and version a browser gives itself. */
export const versionOf = async (browser, program) =>
    `${basename(program)} (${await browser.version()})`;
