import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';

const MAX_TEXT_CHARS = 4096;

/** A parameter that is one of a few words. */
export function OneOf(name: string, words: readonly string[], description: string): PropertyDecorator {
  const fault = `${name} must be one of ${words.join(', ')}`;
  return applyDecorators(
    ApiPropertyOptional({ name, enum: [...words], description }),
    IsOptional(),
    Checked((value) => (words.includes(value as string) ? null : fault)),
  );
}

/** A parameter that is true or false; without a value it is true. */
export function Flag(name: string, description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ name, type: 'boolean', description }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      value === 'true' || value === '' ? true : value === 'false' ? false : value,
    ),
    Checked((value) => (typeof value === 'boolean' ? null : `${name} must be true or false`)),
  );
}

/** A parameter that is a text. */
export function Text(name: string, description: string, minChars = 0): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ name, type: 'string', description, minLength: minChars, maxLength: MAX_TEXT_CHARS }),
    IsOptional(),
    Checked((value) => {
      if (typeof value !== 'string') return `${name} must be given once`;
      if (value.length < minChars) return `${name} must not be empty`;
      if (value.length > MAX_TEXT_CHARS) return `${name} must not be longer than ${MAX_TEXT_CHARS} characters`;
      // PostgreSQL stores no NUL, so nothing could match; it would refuse the question.
      return value.includes('\0') ? `${name} must not contain a NUL character` : null;
    }),
  );
}

/** A parameter that is a whole number in a range. */
export function WholeNumber(
  name: string,
  { min, max }: { min: number; max: number },
  description: string,
): PropertyDecorator {
  const fault = `${name} must be a whole number from ${min} to ${max}`;
  return applyDecorators(
    ApiPropertyOptional({ name, type: 'integer', minimum: min, maximum: max, description }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
    ),
    Checked((value) => (typeof value === 'number' && value >= min && value <= max ? null : fault)),
  );
}

/** One check with one message, so that a fault is told once. Messages begin with the name of the parameter. */
function Checked(faultOf: (value: unknown) => string | null): PropertyDecorator {
  return ValidateBy({
    name: 'checked',
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (given) => faultOf(given?.value) ?? '',
    },
  });
}
