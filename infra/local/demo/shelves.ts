import type { ItemCategory } from './catalog.ts';

/** The shop's departments: what each sells, under which brands, at which prices (whole USD), and what goes with it. */
export const shelves: readonly Shelf[] = [
  shelf(
    'Tents',
    'Camping',
    ['Alpenglow', 'Nordvik', 'Cairnside'],
    [89, 620],
    ['Dome Tent', 'Tunnel Tent', 'Bivy', 'Tarp', 'Family Tent'],
    ['1P', '2P', '3P', '4P'],
    'Sleeping Bags',
  ),
  shelf(
    'Sleeping Bags',
    'Camping',
    ['Alpenglow', 'Nordvik', 'Softloft'],
    [49, 390],
    ['Down Bag', 'Synthetic Bag', 'Quilt', 'Bag Liner'],
    ['Regular', 'Long'],
    'Sleeping Mats',
  ),
  shelf(
    'Sleeping Mats',
    'Camping',
    ['Softloft', 'Cairnside', 'Basin'],
    [19, 210],
    ['Foam Mat', 'Air Mat', 'Self-Inflating Mat', 'Pillow'],
    ['Regular', 'Wide'],
    'Sleeping Bags',
  ),
  shelf(
    'Stoves & Cookware',
    'Camping',
    ['Emberline', 'Basin', 'Nordvik'],
    [12, 160],
    ['Gas Stove', 'Pot Set', 'Kettle', 'Titanium Mug', 'Pan'],
    ['0.6 l', '0.9 l', '1.4 l'],
    'Food & Drink',
  ),
  shelf(
    'Food & Drink',
    'Camping',
    ['Trailmeal', 'Emberline', 'Oatworks'],
    [2, 28],
    ['Dried Curry', 'Energy Bar', 'Porridge', 'Ground Coffee', 'Electrolyte Mix'],
    ['1 pack', '6 pack', '12 pack'],
    'Stoves & Cookware',
  ),
  shelf(
    'Backpacks',
    'Carry',
    ['Cairnside', 'Osprea', 'Nordvik'],
    [39, 340],
    ['Daypack', 'Trekking Pack', 'Commuter Pack', 'Duffel', 'Rain Cover'],
    ['20 l', '35 l', '50 l', '65 l'],
    'Bottles & Filters',
  ),
  shelf(
    'Bottles & Filters',
    'Carry',
    ['Basin', 'Clearbrook', 'Osprea'],
    [9, 79],
    ['Steel Bottle', 'Soft Flask', 'Water Filter', 'Hydration Bladder'],
    ['0.5 l', '1 l', '2 l'],
    'Backpacks',
  ),
  shelf(
    'Jackets',
    'Clothing',
    ['Nordvik', 'Fellmark', 'Alpenglow'],
    [69, 480],
    ['Rain Jacket', 'Down Jacket', 'Softshell', 'Wind Shirt', 'Fleece'],
    ['S', 'M', 'L', 'XL'],
    'Base Layers',
  ),
  shelf(
    'Base Layers',
    'Clothing',
    ['Fellmark', 'Merinova', 'Softloft'],
    [19, 120],
    ['Merino Shirt', 'Merino Tights', 'Sports Bra', 'Thermal Top', 'Hiking Socks'],
    ['S', 'M', 'L', 'XL'],
    'Jackets',
  ),
  shelf(
    'Footwear',
    'Clothing',
    ['Fellmark', 'Trakk', 'Granitehorn'],
    [59, 290],
    ['Hiking Boot', 'Trail Runner', 'Approach Shoe', 'Sandal', 'Gaiter'],
    ['38', '40', '42', '44', '46'],
    'Running',
  ),
  shelf(
    'Running',
    'Sports',
    ['Trakk', 'Merinova', 'Oatworks'],
    [14, 150],
    ['Running Vest', 'Running Shorts', 'Head Torch', 'Running Cap', 'Race Belt'],
    ['S', 'M', 'L'],
    'Footwear',
  ),
  shelf(
    'Climbing',
    'Sports',
    ['Granitehorn', 'Verrucano', 'Fellmark'],
    [8, 260],
    ['Harness', 'Single Rope', 'Quickdraw Set', 'Climbing Shoe', 'Chalk Bag', 'Helmet'],
    ['One size', 'S', 'M', 'L'],
    'Navigation & Lights',
  ),
  shelf(
    'Cycling',
    'Sports',
    ['Verrucano', 'Pedalry', 'Osprea'],
    [11, 240],
    ['Bike Bag', 'Bib Shorts', 'Bike Light', 'Multi-Tool', 'Cycling Jersey'],
    ['One size', 'S', 'M', 'L'],
    'Navigation & Lights',
  ),
  shelf(
    'Navigation & Lights',
    'Electronics',
    ['Polestar', 'Emberline', 'Pedalry'],
    [15, 520],
    ['GPS Watch', 'Headlamp', 'Power Bank', 'Compass', 'Solar Panel'],
    ['Black', 'Orange'],
    'Cycling',
  ),
];

export interface Shelf {
  readonly category: ItemCategory;
  readonly department: string;
  readonly brands: readonly string[];
  /** Lowest and highest price, USD. */
  readonly prices: readonly [number, number];
  readonly kinds: readonly string[];
  readonly variants: readonly string[];
  /** Category whose items are bought together with these. */
  readonly goesWith: ItemCategory;
}

function shelf(
  category: ItemCategory,
  department: string,
  brands: readonly string[],
  prices: readonly [number, number],
  kinds: readonly string[],
  variants: readonly string[],
  goesWith: ItemCategory,
): Shelf {
  return { category, department, brands, prices, kinds, variants, goesWith };
}
