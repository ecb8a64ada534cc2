
'use strict';
(() => {
  // So many lines are shown at once; more would make every key press slow.
  const MOST = 500;
  const section = document.querySelector('#table');
  const [form, table] = [section.querySelector('form'), section.querySelector('table')];
  const [count, more] = [section.querySelector('.count'), section.querySelector('.more')];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headers = [...table.tHead.querySelectorAll('th')];
  const names = [...form.elements].map(element => element.name).filter(Boolean);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const numbers = { score: row => row.dataset.score, late: row => row.dataset.late, attempts: row => row.cells[5].textContent };
  let texts = null;
  let [sort, way, isWhole] = ['', 'ascending', false];
  let chosen = rows;
  const orders = new Map();

  const has = (list, word) => ` ${list ?? ''} `.includes(` ${word} `);
  const inLesson = (row, value, isThere) => {
    const slash = value.lastIndexOf('/');
    return row.dataset.lesson === value.slice(0, slash) && isThere(value.slice(slash + 1));
  };
  const tests = {
    lesson: (row, value) => row.dataset.lesson === value,
    result: (row, value) => row.className === value,
    criterion: (row, value) => inLesson(row, value, id => has(row.dataset.failed, id)),
    cluster: (row, value) => inLesson(row, value, id => row.dataset.cluster === id),
    only: (row, value) => has(row.dataset.only, value),
  };

  // The lines in the chosen order, those without a value last whichever the way.
  function ordered() {
    if (!sort) return rows;
    const name = `${sort} ${way}`;
    if (orders.has(name)) return orders.get(name);
    const index = headers.findIndex(header => header.dataset.sort === sort);
    const number = numbers[sort];
    const keyed = rows.map((row, place) => {
      const text = number ? number(row) : row.cells[index].textContent;
      return { row, place, isEmpty: !text, key: number ? Number(text) : text };
    });
    const compare = number ? (one, other) => one.key - other.key : (one, other) => collator.compare(one.key, other.key);
    const sign = way === 'descending' ? -1 : 1;
    keyed.sort((one, other) => one.isEmpty - other.isEmpty || sign * compare(one, other) || one.place - other.place);
    const order = keyed.map(each => each.row);
    orders.set(name, order);
    return order;
  }

  function choose() {
    const view = names.filter(name => name !== 'text' && form.elements[name].value).map(name => [tests[name], form.elements[name].value]);
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !texts) {
      texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
    }
    const isChosen = row => view.every(([test, value]) => test(row, value)) && words.every(word => texts.get(row).includes(word));
    chosen = ordered().filter(isChosen);
  }

  function show() {
    const shown = isWhole ? chosen : chosen.slice(0, MOST);
    const fragment = document.createDocumentFragment();
    for (const row of shown) fragment.append(row);
    body.replaceChildren(fragment);
    const number = amount => amount.toLocaleString('en');
    count.textContent = chosen.length === rows.length ? `${number(rows.length)} results`
      : `${number(chosen.length)} of ${number(rows.length)} results`;
    more.hidden = shown.length === chosen.length;
    more.firstElementChild.textContent = `Show all ${number(chosen.length)}`;
    for (const header of headers) {
      if (header.dataset.sort === sort) header.setAttribute('aria-sort', way);
      else header.removeAttribute('aria-sort');
    }
  }

  // The view as it stands in the address, so that it can be sent to somebody.
  function address() {
    const view = new URLSearchParams();
    for (const name of names) if (form.elements[name].value) view.set(name, form.elements[name].value);
    if (sort) view.set('sort', sort);
    if (sort && way === 'descending') view.set('way', way);
    return view.toString();
  }

  function update() {
    isWhole = false;
    choose();
    show();
    try { history.replaceState(null, '', `#${address()}`); } catch { /* A copy in a frame has no address. */ }
  }

  // Gives whether the address chooses anything.
  function read() {
    const view = new URLSearchParams(location.hash.slice(1));
    for (const name of names) {
      const element = form.elements[name];
      element.value = view.get(name) ?? '';
      if (element.selectedIndex < 0) element.value = '';
    }
    const wanted = view.get('sort');
    sort = headers.some(header => header.dataset.sort === wanted) ? wanted : '';
    way = view.get('way') === 'descending' ? 'descending' : 'ascending';
    isWhole = false;
    choose();
    show();
    return names.some(name => form.elements[name].value) || sort !== '';
  }

  for (const link of document.querySelectorAll('a[data-view]')) link.href = `#${link.dataset.view}`;
  for (const header of headers) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = header.textContent;
    header.replaceChildren(button);
  }
  table.tHead.addEventListener('click', event => {
    const wanted = event.target.closest('button')?.parentElement.dataset.sort;
    if (!wanted) return;
    // Of numbers the largest are looked for, of names the first.
    const first = numbers[wanted] ? 'descending' : 'ascending';
    const second = first === 'ascending' ? 'descending' : 'ascending';
    if (sort !== wanted) [sort, way] = [wanted, first];
    else if (way === first) way = second;
    else [sort, way] = ['', 'ascending'];
    update();
  });
  form.addEventListener('input', update);
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('reset', event => {
    event.preventDefault();
    for (const name of names) form.elements[name].value = '';
    update();
    form.elements.text.focus();
  });
  more.addEventListener('click', event => {
    if (event.target.tagName !== 'BUTTON') return;
    const first = body.rows.length;
    isWhole = true;
    show();
    body.rows[first]?.querySelector('a')?.focus();
  });
  addEventListener('beforeprint', () => { if (!isWhole) { isWhole = true; show(); } });
  addEventListener('hashchange', () => {
    if (['#main', '#table'].includes(location.hash)) return;
    read();
    section.scrollIntoView();
  });
  form.hidden = false;
  const isGoneBackTo = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  if (read() && !isGoneBackTo) section.scrollIntoView();
})();
