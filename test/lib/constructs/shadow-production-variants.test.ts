import { shadowProductionVariants } from '../../../lib/constructs/shadow-production-variants';

const SHADOW = { variantName: 'Challenger', modelName: 'm', instanceType: 'ml.m5.large', initialInstanceCount: 1 };

describe('a shadow variant for good', () => {
  test('stands beside one production variant, of the same weight by default', () => {
    expect(shadowProductionVariants(['AllTraffic'], [SHADOW])).toEqual([{ ...SHADOW, initialVariantWeight: 1 }]);
  });

  test('keeps a weight of 0', () => {
    expect(shadowProductionVariants(['A'], [{ ...SHADOW, initialVariantWeight: 0 }])).toMatchObject([
      { initialVariantWeight: 0 },
    ]);
  });

  test('is none beside any number of production variants', () => {
    expect(shadowProductionVariants(['A', 'B'], [])).toEqual([]);
  });

  test.each([
    ['two shadow variants', ['A'], [SHADOW, { ...SHADOW, variantName: 'B' }], /takes one/],
    ['two production variants', ['A', 'B'], [SHADOW], /there are 2 \(A, B\)/],
    ["the production variant's name", ['Challenger'], [SHADOW], /give it its own/],
    ['a negative weight', ['A'], [{ ...SHADOW, initialVariantWeight: -1 }], /give 0 or more/],
  ])('with %s is refused', (_, production, shadows, message) => {
    expect(() => shadowProductionVariants(production, shadows)).toThrow(message);
  });
});
