// The unmodified SDK, pointed at a node.
import scf from 'tencentcloud-sdk-nodejs-scf'

const { Client } = scf.scf.v20180416

/** The SDK's client for a node; `credential` is the account's key unless given. */
export function client(node, { signMethod = 'TC3-HMAC-SHA256', reqMethod = 'POST', region = 'ap-guangzhou', credential } = {}) {
  const key = node.account.keys[0]
  return node.driving(
    new Client({
      credential: credential ?? { secretId: key.id, secretKey: key.secret },
      region,
      profile: { signMethod, httpProfile: { endpoint: node.endpoint, protocol: 'http://', reqMethod, reqTimeout: 60 } },
    }),
  )
}

/** All actions the SDK's client has. */
export const ACTIONS = Object.getOwnPropertyNames(Client.prototype).filter((name) => /^[A-Z]/.test(name))
