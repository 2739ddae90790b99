def main_handler(event, context):
    print("got", event)
    return event
