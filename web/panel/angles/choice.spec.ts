import { onward, paired, pressed } from './choice';

const ALL = ['main', 'back', 'side'];

describe('the choice of angles', () => {
  it('is one of them, by its button or in turn', () => {
    expect(pressed(['main'], 'side')).toEqual(['side']);
    expect(onward(['main'], ALL)).toEqual(['back']);
    expect(onward(['side'], ALL)).toEqual(['main']);
  });

  it('is two side by side, and one again', () => {
    expect(paired(['side'], ALL)).toEqual(['side', 'main']);
    expect(paired(['side', 'main'], ALL)).toEqual(['side']);
    expect(paired(['main'], ['main'])).toEqual(['main']);
  });

  it('changes the second of two, or has them change places', () => {
    expect(pressed(['main', 'back'], 'side')).toEqual(['main', 'side']);
    expect(pressed(['main', 'back'], 'back')).toEqual(['back', 'main']);
    expect(pressed(['main', 'back'], 'main')).toEqual(['main', 'back']);
    expect(onward(['main', 'back'], ALL)).toEqual(['main', 'side']);
    expect(onward(['main', 'back'], ['main', 'back'])).toEqual(['back', 'main']);
  });
});
