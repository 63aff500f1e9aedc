// A real browser for pages that are to be looked at: Debian's Chromium, without a network.

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Requirement } from './requirements.js';

const PROGRAM = '/usr/bin/chromium';

export const CHROMIUM: Requirement = { isThere: existsSync(PROGRAM), remedy: 'sudo apt install chromium' };

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] }); // the tests may run as root
}

export interface Visit {
  readonly page: Page;
  /** All that the page asked for, itself included. */
  readonly requests: string[];
  /** What it wrote to the console, and what went wrong. */
  readonly complaints: string[];
}

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

const HEIGHT = 900;

export async function visit(browser: Browser, url: string, { width, colorScheme }: Look): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme, offline: true });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, requests, complaints };
}
