import { createRequire } from 'node:module';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

const charOid = 18;
const textOid = 25;

/** Columns of type "char" in the result that `pg` read last. */
let charColumns = [];

const require = createRequire(import.meta.url);
const Result = createRequire(require.resolve('@prisma/adapter-pg'))('pg/lib/result');
const addFields = Result.prototype.addFields;

Result.prototype.addFields = function (fields) {
  charColumns = fields.flatMap((field, index) => (field.dataTypeID === charOid ? [index] : []));
  for (const index of charColumns) fields[index].dataTypeID = textOid;
  return addFields.call(this, fields);
};

/** Lets the adapter read columns of Postgres' internal type "char", as the engine expects them. */
export function presentCharAsText(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    charColumns = [];
    const result = await queryRaw(query);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}
