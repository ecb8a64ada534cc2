// What tests ask of a page. Each function takes the window of the page.

/// Elements that stick out of the window or of a box that does not scroll; empty where everything fits.
function overflowing(window) {
    const document = window.document;
    const room = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > room) {
        found.push(`the page: ${document.documentElement.scrollWidth} > ${room}`);
    }
    const scrolls = element => ['auto', 'scroll'].includes(window.getComputedStyle(element).overflowX);
    const isInside = element => {
        for (let above = element.parentElement; above; above = above.parentElement) {
            if (scrolls(above)) return true;
        }
        return false;
    };
    for (const element of document.body.querySelectorAll('*')) {
        const box = element.getBoundingClientRect();
        const isShown = box.width > 1 && box.height > 1 && box.right > 0;
        if (isShown && box.right > room + 1 && !isInside(element)) {
            found.push(`${element.tagName} ${element.className}: right end at ${box.right} of ${room}`);
        }
    }
    return found;
}

/// Elements that are wider than their room and scroll inside themselves, by tag name.
function scrolling(window) {
    const elements = [...window.document.body.querySelectorAll('*')];
    const isScrolling = element => element.scrollWidth > element.clientWidth + 1 &&
        ['auto', 'scroll'].includes(window.getComputedStyle(element).overflowX);
    return elements.filter(isScrolling).map(element => element.tagName.toLowerCase());
}

/// The least contrast of all texts with what is behind them, as { ratio, text, ink, paper }.
function leastContrast(window) {
    const document = window.document;
    const painter = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = colour => {
        painter.clearRect(0, 0, 1, 1);
        painter.fillStyle = colour;
        painter.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = painter.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha / 255];
    };
    const over = (front, back) => [0, 1, 2].map(i => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
    const paper = element => {
        const layers = [];
        for (let above = element; above; above = above.parentElement) {
            const layer = rgba(window.getComputedStyle(above).backgroundColor);
            layers.push(layer);
            if (layer[3] === 1) break;
        }
        return layers.reduceRight((back, front) => over(front, back), canvas());
    };
    // What lies behind all elements follows the scheme of the page.
    const canvas = () => {
        const scheme = window.getComputedStyle(document.documentElement).colorScheme;
        const isDark = window.matchMedia('(prefers-color-scheme: dark)').matches && scheme.includes('dark');
        return isDark ? [18, 18, 18, 1] : [255, 255, 255, 1];
    };
    const light = colour => {
        const [red, green, blue] = colour.slice(0, 3).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const opacity = element => element ? window.getComputedStyle(element).opacity * opacity(element.parentElement) : 1;
    let least = null;
    const texts = document.createTreeWalker(document.body, window.NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const element = node.parentElement;
        const style = window.getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const isShown = node.data.trim() && style.visibility === 'visible' && box.width > 0 && box.height > 0;
        if (!isShown || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
        const back = paper(element);
        const ink = rgba(element instanceof window.SVGElement ? style.fill : style.color);
        ink[3] *= opacity(element);
        const lights = [light(over(ink, back)), light(back)].sort((one, other) => other - one);
        const ratio = (lights[0] + 0.05) / (lights[1] + 0.05);
        if (!least || ratio < least.ratio) {
            least = { ratio, text: node.data.trim().slice(0, 60), ink: style.color, paper: back.map(Math.round).join() };
        }
    }
    return least;
}
