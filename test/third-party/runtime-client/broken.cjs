'use strict';
throw new TypeError('broken at load');
