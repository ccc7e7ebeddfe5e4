import type { Commerce, Product } from '../../schemas/event/clean-event.ts';
import { fillProduct } from './product-gaps.ts';
import { collect, type FieldTable, fieldTable } from './property-fields.ts';
import { type Draft, type JsonObject, noteChange } from './step.ts';

const FIELDS: FieldTable = fieldTable([
  ['productId', 'text', 'product_id productId productID id'],
  ['sku', 'text', 'sku SKU'],
  ['name', 'text', 'name product_name productName'],
  ['category', 'text', 'category'],
  ['brand', 'text', 'brand'],
  ['variant', 'text', 'variant'],
  ['price', 'money', 'price'],
  ['quantity', 'number', 'quantity qty'],
  ['coupon', 'text', 'coupon'],
  ['position', 'position', 'position'],
  ['url', 'text', 'url'],
  ['imageUrl', 'text', 'image_url imageUrl imageURL image'],
]);

/** The products of a list, cart or order. What is not a product is left out of the columns, and stays in the properties. */
export function readProducts(draft: Draft, value: unknown, commerce: Commerce): Product[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = listOf(draft, value);
  if (list === undefined) return undefined;
  const products: Product[] = [];
  for (let at = 0; at < list.length; at += 1) {
    const path = `properties.products.${at}`;
    const entry = list[at];
    const product = isObject(entry) ? readProduct(draft, entry, path, commerce) : undefined;
    if (product === undefined) noteChange(draft.changes, path, 'drop_product');
    else products.push(product);
  }
  return products;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function listOf(draft: Draft, value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  noteChange(draft.changes, 'properties.products', isObject(value) ? 'wrap_product' : 'drop_products');
  return isObject(value) ? [value] : undefined;
}

/** The product that an object's fields describe; one that has no id goes by its sku, and without both it is none. */
export function readProduct(draft: Draft, object: JsonObject, path: string, commerce: Commerce): Product | undefined {
  const fields = collect<Product>(draft, object, path, FIELDS);
  const productId = fields.productId ?? fields.sku;
  if (productId === undefined) return undefined;
  if (fields.productId === undefined) {
    noteChange(draft.changes, `${path}.product_id`, 'product_id_from_sku', undefined, productId);
  }
  const product: Product = {
    productId,
    sku: fields.sku,
    name: fields.name,
    category: fields.category,
    brand: fields.brand,
    variant: fields.variant,
    price: fields.price,
    quantity: fields.quantity,
    coupon: fields.coupon,
    position: fields.position,
    url: fields.url,
    imageUrl: fields.imageUrl,
  };
  fillProduct(draft, product, path, commerce);
  return product;
}
