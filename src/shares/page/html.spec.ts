import { html } from './html';

describe('html', () => {
  it('escapes what it is given, in texts and in attributes', () => {
    const name = `"><script>alert('x')</script>&amp;`;
    expect(html`<p title="${name}">${name}</p>`.text).not.toMatch(/<script|"></);
    expect(html`${`a&b<c>"d'`}`.text).toBe('a&#38;b&#60;c&#62;&#34;d&#39;');
  });

  it('takes pieces of HTML as they are, one after the other, and nothing for nothing', () => {
    const list = [html`<b>${1}</b>`, html`<b>${2}</b>`];
    expect(html`<i>${list}${null}${false}</i>`.text).toBe('<i><b>1</b><b>2</b></i>');
  });
});
