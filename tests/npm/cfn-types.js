// The CloudFormation types that are named as arguments, as one JSON document: properties with their
// types, all the way down, and the attributes that Fn::GetAtt may ask for. A type that is not known is
// null. The data is Amazon's, in @aws-cdk/aws-service-spec.
'use strict';

const { loadAwsServiceSpecSync } = require('@aws-cdk/aws-service-spec');

const DEPTH_MAX = 8; // some types hold themselves
const db = loadAwsServiceSpecSync();

function shape(type, depth) {
  switch (type.type) {
    case 'ref': {
      const definition = db.get('typeDefinition', type.reference.$ref);
      return depth > DEPTH_MAX ? { kind: 'any' } : { kind: 'object', properties: members(definition.properties, depth + 1) };
    }
    case 'array':
      return { kind: 'list', of: shape(type.element, depth) };
    case 'map':
      return { kind: 'map', of: shape(type.element, depth) };
    case 'union':
      return { kind: 'union', of: type.types.map((one) => shape(one, depth)) };
    default:
      return { kind: type.type, allowed: type.allowedValues };
  }
}

function members(properties, depth) {
  const out = {};
  for (const [name, property] of Object.entries(properties)) {
    out[name] = { required: !!property.required, ...shape(property.type, depth) };
  }
  return out;
}

const types = {};
for (const name of process.argv.slice(2)) {
  const [found] = db.lookup('resource', 'cloudFormationType', 'equals', name);
  types[name] = found
    ? { properties: members(found.properties, 0), attributes: Object.keys(found.attributes) }
    : null;
}
process.stdout.write(JSON.stringify(types));
