// Zips of a few texts, stored as they are: enough for a function's code.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
  return n >>> 0
})

function crc32(bytes) {
  let crc = 0xffffffff
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** A zip of `files` (texts by their paths), in Base64. */
export function zip(files) {
  const entries = []
  const directory = []
  let at = 0
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path)
    const content = Buffer.from(text)
    const fields = Buffer.alloc(26) // from "version needed" to "extra length", in both headers
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(0x21, 8) // 1980-01-01
    fields.writeUInt32LE(crc32(content), 10)
    fields.writeUInt32LE(content.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, content])
    const rest = Buffer.alloc(14) // comment, disk, attributes, offset
    rest.writeUInt32LE((0o100644 << 16) >>> 0, 6)
    rest.writeUInt32LE(at, 10)
    const madeBy = Buffer.from([20, 3]) // Unix
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), madeBy, fields, rest, name)
    entries.push(entry)
    at += entry.length
  }
  const names = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(names.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...entries, names, Buffer.from('PK\x05\x06', 'latin1'), end]).toString('base64')
}
